#!/usr/bin/env bash
# The fastest way with ready-made tools: vipsthumbnail on all cores, one search for all DNs, one LDIF file, one
# ldapmodify.
#   vips-ldif.sh FOLDER URL USER PASSWORD_FILE BASE
# ldapmodify sends a change only when it has the answer to the previous one. Such a script overwrites any photo.
set -euo pipefail
folder=$1 url=$2 user=$3 password_file=$4 base=$5
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

export VIPS_CONCURRENCY=1 # a process for each core is faster than threads that share one picture
printf '%s\0' "$folder"/*.jpg | xargs -0 -n 25 -P "$(nproc)" \
    vipsthumbnail --size 96x96 --smartcrop centre -o "$work/%s.jpg[Q=90,strip]"

login=(-x -H "$url" -D "$user" -y "$password_file")
users='(sAMAccountType=805306368)'
change='%s\nchangetype: modify\nreplace: thumbnailPhoto\nthumbnailPhoto:< file://%s\n\n'
ldapsearch -LLL -o ldif-wrap=no "${login[@]}" -E pr=1000/noprompt -b "$base" "$users" sAMAccountName |
    while IFS= read -r line; do
        case $line in
            "dn: "*) dn=$line ;;
            "sAMAccountName: "*)
                photo=$work/${line#*: }.jpg
                # shellcheck disable=SC2059 # the variable is a format
                if [[ -e $photo ]]; then printf "$change" "$dn" "$photo"; fi
                ;;
        esac
    done >"$work/photos.ldif"
ldapmodify "${login[@]}" -f "$work/photos.ldif"
