# shellcheck shell=bash
# What start, stop and ../run share. Sourced, never run.
#
# A domain is a directory adphoto-samba.XXXXXX of ours, with
#   pid      the process id of its samba and when that process started
#   owner    the same of the tests/run that it belongs to; absent where a developer keeps it
#   exports  the environment that the tests want
# A process id alone can be somebody else's by now; with its start time it cannot.

PATH=$PATH:/usr/sbin:/sbin # an ordinary user's lacks them, and samba is there
# shellcheck disable=SC2034 # for those who source this
SAMBA_UNAVAILABLE=3        # start's exit code where no Samba is to be had; 1 is for when something is wrong

say() { printf 'samba: %s\n' "$*" >&2; }

# Both places that a domain can be in: memory, and the disk where there is no such memory.
places() {
    if [[ -d /dev/shm ]]; then echo /dev/shm; fi
    echo "${TMPDIR:-/tmp}"
}

# One start or stop at a time. A lock on a directory that is there anyway leaves no file behind.
# Whatever outlives us must be started with 9>&-, or the lock would live as long as that does.
lock() {
    local place
    read -r place < <(places)
    exec 9<"$place"
    flock -w 120 9 || { say "another start or stop is still at work after two minutes"; exit 1; }
}

# Fields of /proc/PID/stat from the third on (the second may hold spaces): state ppid pgrp session … start time.
process_fields() {
    local stat
    { stat=$(<"/proc/$1/stat"); } 2>/dev/null || return 1
    stat=${stat##*) }
    [[ $stat != [ZX]* ]] && echo "$stat"
}

# "PID START" of a living process.
identity() {
    local fields
    read -ra fields < <(process_fields "$1") && echo "$1 ${fields[19]}"
}

# Does the process still live whose identity this file holds?
lives() {
    local pid start
    [[ -r $1 ]] && read -r pid start <"$1" && [[ $(identity "$pid") == "$pid $start" ]]
}

# The processes of a session, one a line.
session_members() {
    local session=$1 proc fields
    for proc in /proc/[0-9]*; do
        read -ra fields < <(process_fields "${proc#/proc/}") || continue
        if [[ ${fields[3]} == "$session" ]]; then echo "${proc#/proc/}"; fi
    done
}

# Our domains, running or left over, one directory a line.
domains() {
    local place dir
    while read -r place; do
        for dir in "$place"/adphoto-samba.??????; do
            # /dev/shm is everybody's: what another user made under this name is not ours to read or remove.
            if [[ -d $dir && ! -L $dir && -O $dir ]]; then echo "$dir"; fi
        done
    done < <(places | sort -u)
}

# Starts a domain's samba, and writes down its process.
start_samba() {
    local dir=$1 pid
    ulimit -n "$(ulimit -H -n)" # a connection costs a worker some files
    samba_alone "$dir" </dev/null >>"$dir/samba.log" 2>&1 &
    pid=$!
    identity "$pid" >"$dir/pid"
}

samba_alone() {
    local fd
    # Samba outlives us, and a pipe that it inherited would never come to its end: neither our lock nor our caller's.
    for fd in /proc/self/fd/*; do
        fd=${fd##*/}
        if ((fd > 2)); then exec {fd}>&-; fi
    done
    # In a session of its own: Ctrl-C in the terminal must not reach it, and stop can end the session as a whole.
    exec setsid samba -F --no-process-group -M prefork -s "$1/etc/smb.conf"
}

# await_samba DIR ADMINISTRATOR BASE: waits until it answers, on both ports and protected.
await_samba() {
    local dir=$1 since=$SECONDS
    until certified "$dir" && answers "$@" -H ldaps://localhost && answers "$@" -ZZ -H ldap://localhost; do
        if ! lives "$dir/pid" || ((SECONDS - since > 60)); then
            say "does not answer; its log:"
            tail -n 20 "$dir/samba.log" "$dir"/log.* "$dir/waiting.log" >&2 2>/dev/null || true
            return 1
        fi
        sleep 0.1
    done
    say "answering on ldaps://localhost and ldap://localhost (StartTLS) in $((SECONDS - since)) s, in $dir"
}

# OpenLDAP takes "localhost" for the machine's own name when it checks a certificate, so OpenSSL checks ours.
certified() {
    openssl s_client -connect localhost:636 -CAfile "$1/ca.pem" -verify_hostname localhost -verify_return_error \
        </dev/null >"$1/waiting.log" 2>&1
}

answers() {
    local dir=$1 administrator=$2 base=$3
    shift 3
    LDAPTLS_REQCERT=never ldapsearch -LLL -x -o nettimeout=5 "$@" -y "$dir/password" -D "$administrator" \
        -b "$base" '(sAMAccountName=Administrator)' dn 2>"$dir/waiting.log" | grep -i '^dn:' >/dev/null
}

# Ends a domain's samba, with its whole session and nothing else.
end_samba() {
    local dir=$1 pid start now try members
    if ! { [[ -r $dir/pid ]] && read -r pid start <"$dir/pid"; }; then return; fi
    for try in {1..100}; do
        # Where the id has become that of a process that is not our samba, that session is not ours either.
        now=$(identity "$pid") || now=""
        if [[ -n $now && $now != "$pid $start" ]]; then break; fi
        mapfile -t members < <(session_members "$pid")
        case ${#members[@]},$try in
            0,*) break ;;
            *,1) kill -TERM "$pid" ;;
            *,50) kill -TERM "${members[@]}" ;;
            *,80) kill -KILL "${members[@]}" ;;
        esac 2>/dev/null || true
        sleep 0.05
    done
}

# Ends a domain's samba and removes its directory.
end_domain() {
    end_samba "$1"
    rm -rf -- "$1" && return
    say "cannot remove $1"
    return 1
}
