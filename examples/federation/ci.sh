#!/usr/bin/env bash
# The proofs of this example: the server, a second subgraph and a gateway, on ports that are free.
set -euo pipefail
cd "$(dirname "$0")"
out="${ARTIFACTS:-$(mktemp -d)}"
npm ci --no-audit --no-fund
# The lines of TAP are what .ci/run counts.
node --test --test-reporter=tap test/composers.test.mjs test/federation.test.mjs | tee "$out/federation.tap"
