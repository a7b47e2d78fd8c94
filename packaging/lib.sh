# Sourced by the tests of packages.
# shellcheck shell=bash disable=SC2154 # scratch is the test's own folder

failures=0

# check WHAT COMMAND...: one line, and what the command said if it failed.
check() {
    local what=$1 said
    shift
    if said=$("$@" 2>&1); then
        echo "  ok    $what"
    else
        echo "  FAIL  $what"
        echo "          ${said//$'\n'/$'\n          '}"
        failures=$((failures + 1))
    fi
}

left_out() { echo "  LEFT OUT: $*"; }

# A program in an environment of its own: no settings, no home, nothing of this checkout.
alone() { (cd "$scratch" && env -i PATH=/usr/bin:/bin HOME="$scratch" LC_ALL=C.UTF-8 "$@"); }

equal() { if [[ $1 != "$2" ]]; then echo "'$1' is not '$2'"; return 1; fi; }

holds() { if [[ $1 != *"$2"* ]]; then echo "'$2' is not in: $1"; return 1; fi; }

# A JPEG, by its first and last bytes.
jpeg() { equal "$(head -c 2 "$1" | od -An -tx1)$(tail -c 2 "$1" | od -An -tx1)" " ff d8 ff d9"; }
