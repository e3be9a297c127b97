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
for file in test/*.test.mjs; do
  # The lines of TAP are what .ci/run counts.
  node --test --test-reporter=tap "$file" | tee "$out/apollo-$(basename "$file").tap" || failed=1
done
node test/shots.mjs "$out"
exit "$failed"
