# shellcheck shell=bash disable=SC2154 # dir and password are start's
# Makes the domain in $dir: its database, Samba's settings, and the certificates. Sourced by start.

provision() {
    # With -s /dev/null, the machine's own smb.conf is not used. Samba recommends LMDB for large domains; with tdb, its
    # default store, each write takes longer the more the domain contains.
    samba-tool domain provision -s /dev/null --targetdir="$dir" --realm="$REALM" --domain="$DOMAIN" --adminpass="$password" \
        --server-role=dc --backend-store=mdb --backend-store-size=4Gb --dns-backend=SAMBA_INTERNAL --host-name=dc1 --host-ip=127.0.0.1 \
        --option="interfaces=lo" --option="bind interfaces only=yes" || return
    settings >"$dir/etc/smb.conf"
    kerberos_client >"$dir/krb5.conf"
    mkdir "$dir/tmp" "$dir/run"

    # Tests set simple passwords, change them at once, and send wrong ones on purpose.
    samba-tool domain passwordsettings set -s "$dir/etc/smb.conf" -H "$dir/private/sam.ldb" --complexity=off --min-pwd-length=4 \
        --min-pwd-age=0 --max-pwd-age=0 --history-length=0 --account-lockout-threshold=0 || return
    # With these service principal names, Kerberos works for ldap://localhost too, without an entry in /etc/hosts. DNS
    # gets the record "A 127.0.0.1" (MS-DNSP 2.3.2.2), which a domain controller with all its services registers itself.
    SMB_CONF_PATH=$dir/etc/smb.conf LDB_MODULES_PATH=$(ldb_modules) ldbmodify -H "$dir/private/sam.ldb" <<END
dn: CN=DC1,OU=Domain Controllers,$BASE
changetype: modify
add: servicePrincipalName
servicePrincipalName: ldap/dc1.${REALM,,}
servicePrincipalName: ldap/localhost

dn: DC=dc1,DC=${REALM,,},CN=MicrosoftDNS,DC=DomainDnsZones,$BASE
changetype: add
objectClass: dnsNode
dnsRecord:: BAABAAXwAAABAAAAAAADhAAAAAAAAAAAfwAAAQ==
END
}

# Debian's ldb-tools do not look where Debian's Samba keeps its modules, so this prints the place.
ldb_modules() {
    local place
    for place in /usr/lib/*/samba/ldb /usr/lib64/samba/ldb /usr/lib/samba/ldb; do
        if [[ -d $place ]]; then echo "$place"; return; fi
    done
}

# Prints smb.conf. winbindd is left out: no test needs it, and it leaves Samba's session, so that stop could not find
# it.
settings() {
    cat <<END
[global]
realm = $REALM
workgroup = $DOMAIN
netbios name = DC1
server role = active directory domain controller
server services = ldap, cldap, kdc, dns
dcerpc endpoint servers =
interfaces = lo
bind interfaces only = yes

private dir = $dir/private
state directory = $dir/state
cache directory = $dir/cache
lock directory = $dir
binddns dir = $dir/bind-dns
pid directory = $dir/run
ncalrpc dir = $dir/run/ncalrpc
log file = $dir/log.samba
max log size = 10000

tls certfile = $dir/cert.pem
tls keyfile = $dir/key.pem
tls cafile = $dir/ca.pem

# Simple binds need TLS, as everywhere; Kerberos over TLS is allowed, as on Windows.
ldap server require strong auth = allow_sasl_over_tls

# A worker does one request at a time, and whoever shares it waits: more of them than cores, so that
# one test's long search does not hold up another's.
prefork children = 1
prefork children:ldap = 8

# Nobody needs this data after a power cut, and where it is on a disk each sync would cost much.
ldb:nosync = true
END
}

kerberos_client() {
    cat <<END
[libdefaults]
default_realm = $REALM
dns_lookup_kdc = false
dns_lookup_realm = false
rdns = false
dns_canonicalize_hostname = false

[realms]
$REALM = {
    kdc = 127.0.0.1
}
END
}

# Makes an authority, a server certificate that it signs, and an authority that signs nothing. The server's names
# include no IP address, so ldaps://localhost is a right name for the server and ldaps://127.0.0.1 is a wrong one.
certificates() {
    authority ca "adphoto test CA" && authority other-ca "another test CA" || return
    printf '%s\n' '[server]' 'basicConstraints = critical, CA:FALSE' 'keyUsage = critical, digitalSignature' \
        'extendedKeyUsage = serverAuth' 'subjectKeyIdentifier = hash' 'authorityKeyIdentifier = keyid' \
        "subjectAltName = DNS:localhost, DNS:dc1.${REALM,,}" >"$dir/server.cnf"
    private_key key && request "/CN=dc1.${REALM,,}" key -out "$dir/cert.csr" &&
        openssl x509 -req -sha256 -days 30 -in "$dir/cert.csr" -CA "$dir/ca.pem" -CAkey "$dir/ca.key.pem" -CAcreateserial \
            -extfile "$dir/server.cnf" -extensions server -out "$dir/cert.pem"
}

authority() {
    private_key "$1.key" && request "/CN=$2" "$1.key" -x509 -days 30 -out "$dir/$1.pem" -extensions authority
}

# Uses elliptic curves, whose keys are generated quickly.
private_key() {
    openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$dir/$1.pem"
}

# request SUBJECT KEY OPTIONS…: makes a request with settings of its own, since the machine's openssl.cnf would add
# extensions twice.
request() {
    local subject=$1 key=$2
    shift 2
    openssl req -new -sha256 -subj "$subject" -key "$dir/$key.pem" "$@" -config <(printf '%s\n' '[req]' \
        'distinguished_name = name' 'prompt = no' '[name]' '[authority]' 'basicConstraints = critical, CA:TRUE' \
        'keyUsage = critical, keyCertSign, cRLSign' 'subjectKeyIdentifier = hash')
}
