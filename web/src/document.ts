// The editor's first document. The credentials are variables, so that a person who copies or shares the document does not
// pass a password on with it. README.md registers another address, so that both can be tried in any order.

export const firstDocument = `# Press ▶, choose Register (later Login), then Me.
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

# The page sends the token that Register or Login returned:
# see the bar above. Without a token, Me is refused.
query Me {
  me {
    id
    email
    displayName
    createdAt
  }
}

# Public: a sign-in form asks this.
query Options {
  authOptions {
    registration
    passwordMinLength
    passwordMaxLength
  }
}

# The list at the left has an example of each operation.
# Ctrl-Enter runs the operation at the cursor.
# Documents, variables and tokens are gone when the page closes.
`;

export const firstVariables = `{
  "email": "ada@example.com",
  "password": "correct horse battery staple"
}
`;
