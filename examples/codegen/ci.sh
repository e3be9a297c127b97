#!/usr/bin/env bash
# The proofs of this example: what is generated is what is committed, it compiles, and what breaks it is told.
set -euo pipefail
cd "$(dirname "$0")"
out="${ARTIFACTS:-$(mktemp -d)}"
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
npm ci --no-audit --no-fund
npm run generate
npm run check
(cd genqlient && go generate ./... && go mod tidy -diff && go vet ./...)
git diff --exit-code --stat HEAD -- .
[[ -z $(git status --porcelain --untracked-files=all -- .) ]] || { git status --short -- .; exit 1; }
# The lines of TAP and of go test -json are what .ci/run counts.
(cd ../.. && go build -o "$dir/authgraph" .)
AUTHGRAPH="$dir/authgraph" node --test --test-reporter=tap *.test.mjs | tee "$out/codegen.tap"
results="$out/genqlient.json"
(cd genqlient && go test -race -count=1 -json ./...) >"$results" || { grep -o '"Output":".*"' "$results"; exit 1; }
