#!/usr/bin/env bash
# The proofs of this example: a module of its own, which the project's `go test ./...` does not reach.
set -euo pipefail
cd "$(dirname "$0")"
go generate ./...
git diff --exit-code --stat HEAD -- .
[[ -z $(git status --porcelain --untracked-files=all -- .) ]] || { git status --short -- .; exit 1; }
go mod tidy -diff
go vet ./...
# The lines of go test -json are what .ci/run counts.
results="${ARTIFACTS:-$(mktemp -d)}/gqlgen-service.json"
go test -race -count=1 -json ./... >"$results" || { grep -o '"Output":".*"' "$results"; exit 1; }
