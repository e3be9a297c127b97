"""An independent library, PyJWT (Debian 12: 2.6.0), verifies an access token in its first second, without leeway.

AUTHGRAPH_URL names a server that permits registration. PyJWT compares iat with whole seconds.
"""
import json
import os
import secrets
import urllib.request

import jwt

url = os.environ["AUTHGRAPH_URL"]


def read(path, body=None):
    data = json.dumps(body).encode() if body else None
    request = urllib.request.Request(url + path, data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as response:
        return json.load(response)


keys = {key["kid"]: jwt.PyJWK(key) for key in read("/.well-known/jwks.json")["keys"]}
for n in range(20):  # in different parts of a second
    answer = read("/graphql", {
        "query": "mutation($i: RegisterInput!) { register(input: $i) { accessToken } }",
        "variables": {"i": {"email": f"{secrets.token_hex(8)}@example.com", "password": "correct horse battery staple"}},
    })
    token = answer["data"]["register"]["accessToken"]
    key = keys[jwt.get_unverified_header(token)["kid"]]
    audience = jwt.decode(token, options={"verify_signature": False})["aud"]
    claims = jwt.decode(token, key.key, algorithms=["ES256"], audience=audience, leeway=0)
    for name in ("iat", "exp", "auth_time"):
        assert type(claims[name]) is int, (name, claims[name])
    assert claims["exp"] - claims["iat"] == 600 and claims["auth_time"] <= claims["iat"], claims
print("PyJWT", jwt.__version__, "accepts 20 tokens in their first second")
