#!/usr/bin/env bash
# Builds what kg/serve/static/vendor holds, from the versions in package-lock.json. Needs Node 20 and npm.
# The result is committed: neither building kg nor running it needs this.
set -euo pipefail
cd "$(dirname "$0")"
npm ci --no-audit --no-fund --silent
node node_modules/esbuild/install.js
node build.mjs
