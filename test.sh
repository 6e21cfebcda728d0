#!/usr/bin/env bash
# Builds everything with warnings as errors, checks the format and runs every test.
# Its last line is "N passed, N failed, N skipped"; it fails unless all passed.
set -uo pipefail
cd "$(dirname "$0")" || exit 1

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
# No build or compile servers that outlive this script.
export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 UseSharedCompilation=false
if [ ! -w "${HOME:-/nonexistent}" ]; then
  export HOME="$PWD/artifacts/home"
  mkdir -p "$HOME"
fi

results=artifacts/tests
rm -rf "$results"
mkdir -p "$results"

finish() { # passed failed skipped
  echo "$1 passed, $2 failed, $3 skipped"
  [ "$2" -eq 0 ] && [ "$1" -gt 0 ]
  exit
}

# Runs a step and shows what it wrote only when it fails.
step() { # name command...
  local name=$1
  shift
  echo "$name"
  if ! "$@" >"$results/step.log" 2>&1; then
    cat "$results/step.log"
    echo "Failed: $name ($*)"
    finish 0 1 0
  fi
}

has_postgres() {
  [ -n "${DEVICETWIN_TEST_POSTGRES_BIN:-}" ] || command -v initdb >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null
}
has_mosquitto() { PATH="$PATH:/usr/sbin:/usr/local/sbin" command -v mosquitto >/dev/null; }
has_mosquitto_clients() { command -v mosquitto_sub >/dev/null && command -v mosquitto_pub >/dev/null; }

missing=()
has_postgres || missing+=(postgresql)
has_mosquitto || missing+=(mosquitto)
has_mosquitto_clients || missing+=(mosquitto-clients)
command -v curl >/dev/null || missing+=(curl)
command -v python3 >/dev/null || missing+=(python3)
[ -n "${DEVICETWIN_TEST_CHROMIUM:-}" ] || command -v chromium >/dev/null || command -v google-chrome >/dev/null || missing+=(chromium)
if ! command -v dotnet >/dev/null; then
  echo "The .NET SDK $(sed -n 's/.*"version": "\(.*\)".*/\1/p' global.json) or a newer one of .NET 10 is missing: https://dot.net/download"
  finish 0 1 0
fi
if ! node -e 'const [major, minor] = process.versions.node.split("."); process.exit(major > 20 || (major == 20 && minor >= 19) ? 0 : 1)'; then
  echo "Node 20.19 or newer is missing, which builds and tests the dashboard: https://nodejs.org"
  finish 0 1 0
fi
if [ ${#missing[@]} -gt 0 ]; then
  if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    echo "The tests need real servers that are not installed. On Debian or Ubuntu: sudo apt-get install ${missing[*]}"
    finish 0 1 0
  fi
  export DEBIAN_FRONTEND=noninteractive
  step "Reading package lists" apt-get update -q
  # Installing is all that is wanted: the tests start servers of their own.
  printf '#!/bin/sh\nexit 101\n' >"$results/policy-rc.d"
  if [ ! -e /usr/sbin/policy-rc.d ]; then
    install -m 755 "$results/policy-rc.d" /usr/sbin/policy-rc.d
    trap 'rm -f /usr/sbin/policy-rc.d' EXIT
  fi
  step "Installing ${missing[*]}" apt-get install -q -y --no-install-recommends "${missing[@]}"
fi

step "Restoring tools" dotnet tool restore
step "Restoring packages" dotnet restore DeviceTwin.sln
step "Building" dotnet build DeviceTwin.sln -c Release --no-restore -warnaserror
step "Checking the format" dotnet csharpier check .
step "Installing an example's packages" npm --prefix examples/typescript ci --no-fund --no-audit
# The build has installed the dashboard's packages.
step "Checking the dashboard" npm --prefix DeviceTwin.Api/Dashboard run check
step "Testing the dashboard's parts" npm --prefix DeviceTwin.Api/Dashboard test -- --reporter=json --outputFile="$PWD/$results/dashboard.json"
parts=$(node -p "require('./$results/dashboard.json').numPassedTests")

echo "Testing"
dotnet test DeviceTwin.sln -c Release --no-build --logger trx --results-directory "$results" \
  --blame-hang-timeout 10m --blame-hang-dump-type none >"$results/test.log" 2>&1
code=$?

# A .trx file has one line <Counters total="3" executed="3" passed="2" failed="1" error="0" …/>.
count() { # attribute
  find "$results" -name '*.trx' -exec grep -ho '<Counters [^>]*>' {} + |
    sed -n "s/.* $1=\"\([0-9]*\)\".*/\1/p" | awk '{ sum += $1 } END { print sum + 0 }'
}
passed=$(($(count passed) + parts))
failed=$(($(count failed) + $(count error) + $(count timeout) + $(count aborted)))
skipped=$(($(count total) - $(count executed)))
if [ "$code" -ne 0 ]; then
  grep -v '^\[xUnit.net' "$results/test.log"
  # A run that broke off counts no failed test.
  [ "$failed" -gt 0 ] || failed=1
fi
finish "$passed" "$failed" "$skipped"
