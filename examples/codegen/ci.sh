#!/usr/bin/env bash
# The proofs of this example, with the tools at their versions of package-lock.json.
set -euo pipefail
cd "$(dirname "$0")"
npm ci --no-audit --no-fund
node --test --test-reporter=tap check.test.mjs | tee "${ARTIFACTS:-$(mktemp -d)}/codegen.tap"
