# shellcheck shell=bash
# Functions that start, stop, restart and ../run share. This file is sourced, never run.
#
# A domain is a directory adphoto-samba.XXXXXX that this user owns. It contains:
#   pid      the process id of its samba and when that process started
#   owner    the same for the tests/run that the domain belongs to; missing if a developer keeps the domain
#   exports  the environment that the tests need
# A process id alone may belong to somebody else by now; together with the start time it cannot.

PATH=$PATH:/usr/sbin:/sbin # an ordinary user's PATH lacks them, and samba is there
# shellcheck disable=SC2034 # the scripts that source this file use it
SAMBA_UNAVAILABLE=3        # start's exit code if Samba cannot be had; 1 means that something went wrong

say() { printf 'samba: %s\n' "$*" >&2; }

# Prints both places where a domain can be: memory, and the disk if there is no such memory.
places() {
    if [[ -d /dev/shm ]]; then echo /dev/shm; fi
    echo "${TMPDIR:-/tmp}"
}

# Waits until no other start or stop is running. A lock on a directory that exists anyway leaves no file behind. A
# process that outlives this script must be started with 9>&-, or it would hold the lock as long as it lives.
lock() {
    local place
    read -r place < <(places)
    exec 9<"$place"
    flock -w 120 9 || { say "another start or stop is still at work after two minutes"; exit 1; }
}

# Prints the fields of /proc/PID/stat from the third on (the second may contain spaces): state ppid pgrp session … start
# time.
process_fields() {
    local stat
    { stat=$(<"/proc/$1/stat"); } 2>/dev/null || return 1
    stat=${stat##*) }
    [[ $stat != [ZX]* ]] && echo "$stat"
}

# Prints "PID START" of a living process.
identity() {
    local fields
    read -ra fields < <(process_fields "$1") && echo "$1 ${fields[19]}"
}

# Succeeds if the process whose identity this file contains still lives.
lives() {
    local pid start
    [[ -r $1 ]] && read -r pid start <"$1" && [[ $(identity "$pid") == "$pid $start" ]]
}

# Prints the processes of a session, one per line.
session_members() {
    local session=$1 proc fields
    for proc in /proc/[0-9]*; do
        read -ra fields < <(process_fields "${proc#/proc/}") || continue
        if [[ ${fields[3]} == "$session" ]]; then echo "${proc#/proc/}"; fi
    done
}

# Prints this user's domains, running or left over, one directory per line.
domains() {
    local place dir
    while read -r place; do
        for dir in "$place"/adphoto-samba.??????; do
            # Everybody may write to /dev/shm: a directory that another user made under this name must not be read or
            # removed.
            if [[ -d $dir && ! -L $dir && -O $dir ]]; then echo "$dir"; fi
        done
    done < <(places | sort -u)
}

# Starts a domain's samba and records its process.
start_samba() {
    local dir=$1 pid
    ulimit -n "$(ulimit -H -n)" # a connection costs a worker some files
    samba_alone "$dir" </dev/null >>"$dir/samba.log" 2>&1 &
    pid=$!
    identity "$pid" >"$dir/pid"
}

samba_alone() {
    local fd
    # Samba outlives this script. If it inherited an open pipe, whoever reads from that pipe would wait for its end, and
    # an inherited lock would stay locked.
    for fd in /proc/self/fd/*; do
        fd=${fd##*/}
        if ((fd > 2)); then exec {fd}>&-; fi
    done
    # Samba gets a session of its own, so that Ctrl-C in the terminal does not reach it, and stop can end the whole
    # session.
    exec setsid samba -F --no-process-group -M prefork -s "$1/etc/smb.conf"
}

# await_samba DIR ADMINISTRATOR BASE: waits until Samba answers over ldaps and over StartTLS.
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

# OpenLDAP replaces "localhost" with the machine's own name when it checks a certificate, so OpenSSL checks it instead.
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

# Ends a domain's samba with its whole session, and nothing else.
end_samba() {
    local dir=$1 pid start now try members
    if ! { [[ -r $dir/pid ]] && read -r pid start <"$dir/pid"; }; then return; fi
    for try in {1..100}; do
        # If the process id now belongs to another process than our samba, the session is not ours either.
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
