#!/usr/bin/env bash
# The proofs of this example: what the compiler wrote is what is committed, and Chromium against the real server.
set -euo pipefail
cd "$(dirname "$0")"
out="${ARTIFACTS:-$(mktemp -d)}"
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
npm ci --no-audit --no-fund
npm run relay
git diff --exit-code --stat HEAD -- .
[[ -z $(git status --porcelain --untracked-files=all -- .) ]] || { git status --short -- .; exit 1; }
npm run check
npm run build
(cd ../.. && go build -o "$dir/authgraph" .)
# .ci/run counts the lines of TAP.
AUTHGRAPH="$dir/authgraph" ARTIFACTS="$out" node --test --test-reporter=tap test/*.test.mjs | tee "$out/relay.tap"
