# Functions for the tests of packages. This file is sourced.
# shellcheck shell=bash disable=SC2154 # scratch is the test's own folder

failures=0

# check WHAT COMMAND...: prints one line, and the output of the command if it failed.
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

# Runs a program in an environment of its own: without settings, the user's home, or anything of this checkout.
alone() { (cd "$scratch" && env -i PATH=/usr/bin:/bin HOME="$scratch" LC_ALL=C.UTF-8 "$@"); }

equal() { if [[ $1 != "$2" ]]; then echo "'$1' is not '$2'"; return 1; fi; }

holds() { if [[ $1 != *"$2"* ]]; then echo "'$2' is not in: $1"; return 1; fi; }

# Checks that a file is a JPEG, by its first and last bytes.
jpeg() { equal "$(head -c 2 "$1" | od -An -tx1)$(tail -c 2 "$1" | od -An -tx1)" " ff d8 ff d9"; }
