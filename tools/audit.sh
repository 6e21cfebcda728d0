#!/usr/bin/env bash
# Asks the package indexes for known weaknesses in what the repository depends on, transitive packages included.
# Exit code: 0 none known, 1 some found, 2 an index could not be asked (then nothing is known).
set -uo pipefail
cd "$(dirname "$0")/.." || exit 2
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1

found=0
unasked=0

# An index that holds packages alone knows no weakness of any, and the command takes that for good news.
index_tells_weaknesses() {
  local source answer
  for source in $(dotnet nuget list source --format short | sed -n 's/^E[MO]* //p'); do
    answer=$(curl -fsSL --max-time 20 "$source" 2>/dev/null) && grep -q '"VulnerabilityInfo/' <<<"$answer" && return 0
  done
  return 1
}

audit_dotnet() {
  local answer
  if ! dotnet restore DeviceTwin.sln -v q >/dev/null 2>&1 ||
    ! answer=$(dotnet list DeviceTwin.sln package --vulnerable --include-transitive 2>&1) ||
    grep -qE 'NU1900|^error|: error' <<<"$answer"; then
    echo "NuGet: the index could not be asked; nothing is known of its packages."
    unasked=1
  elif grep -q 'has the following vulnerable packages' <<<"$answer"; then
    echo "$answer"
    found=1
  elif ! index_tells_weaknesses; then
    echo "NuGet: the index tells weaknesses of no package; nothing is known of its packages."
    unasked=1
  else
    echo "NuGet: no known weaknesses."
  fi
}

audit_npm() { # folder of a package-lock.json
  local answer
  if ! command -v npm >/dev/null; then
    echo "npm, $1: npm is not installed; nothing is known of its packages."
    unasked=1
    return
  fi
  answer=$(cd "$1" && npm audit --json 2>/dev/null)
  # An answer counts them by severity; what is no answer has no such counts.
  if ! grep -q '"auditReportVersion"' <<<"$answer"; then
    echo "npm, $1: the index could not be asked; nothing is known of its packages."
    unasked=1
  elif (cd "$1" && npm audit >/dev/null 2>&1); then
    echo "npm, $1: no known weaknesses."
  else
    (cd "$1" && npm audit)
    found=1
  fi
}

audit_dotnet
while IFS= read -r lock; do
  audit_npm "$(dirname "$lock")"
done < <(git ls-files '*package-lock.json')

if [ "$found" -ne 0 ]; then exit 1; fi
if [ "$unasked" -ne 0 ]; then exit 2; fi
