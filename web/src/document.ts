// What a newcomer finds in the editor. The credentials are variables, so that a person who copies or shares the
// document does not pass a password on with it.

export const firstDocument = `# Welcome to authgraph.
#
# 1. Press ▶ and choose Register: it makes the account
#    that stands under "Variables" below.
# 2. Press ▶ and choose Me. The page keeps the tokens it
#    was given, sends the first and exchanges the second:
#    see the bar above.
# 3. Sign out above; Login brings you back.
#
# The list at the left has an example of each operation;
# a subscription shows its events as they come.
# Ctrl-Enter runs the operation that the cursor is in.
# What you type here is gone when the page closes.

mutation Register($email: EmailAddress!, $password: String!) {
  register(input: { email: $email, password: $password }) {
    accessToken
    refreshToken
    expiresIn
    pending
    user {
      id
      email
    }
  }
}

mutation Login($email: EmailAddress!, $password: String!) {
  login(input: { email: $email, password: $password }) {
    accessToken
    refreshToken
    expiresIn
    pending
    user {
      id
      email
    }
  }
}

# Needs a caller: without a token it is refused.
query Me {
  me {
    id
    email
    displayName
    createdAt
  }
}

# Open to everyone: what a sign-in form needs to know.
query Options {
  authOptions {
    registration
    passwordMinLength
    passwordMaxLength
  }
}
`;

export const firstVariables = `{
  "email": "ada@example.com",
  "password": "correct horse battery staple"
}
`;
