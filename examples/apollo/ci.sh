#!/usr/bin/env bash
# The proofs of this example, in Chromium against the real server. ROUNDS=100 makes the long one of tabs.test.mjs longer.
set -euo pipefail
cd "$(dirname "$0")"
out="${ARTIFACTS:-$(mktemp -d)}"
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
npm ci --no-audit --no-fund
npm run check
npm run build
(cd ../.. && go build -o "$dir/authgraph" .)
export AUTHGRAPH="$dir/authgraph"
failed=0
# Most of their time the tests wait for tokens to run out, and may as well do so together. .ci/run counts the lines of TAP.
node --test --test-concurrency=3 --test-reporter=tap test/*.test.mjs | tee "$out/apollo.tap" || failed=1
node test/shots.mjs "$out"
exit "$failed"
