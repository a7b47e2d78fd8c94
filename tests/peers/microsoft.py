"""Lets Microsoft's own clients, msal and msgraph-sdk, read and write the practice tenant, and compares what they see
with what adphoto sees. Everything goes through judge.mjs, so Prism must find Microsoft's clients as valid as adphoto.

    python microsoft.py CLEAR TLS AUTHORITY    the two addresses of judge.mjs, and a PEM file with its certificate

Needs the variables ADPHOTO and CERTIFICATE, as adphoto.mjs does."""

import asyncio
import json
import os
import ssl
import subprocess
import sys
import urllib.request
from pathlib import Path

import httpx
import msal
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from kiota_abstractions.authentication import (
    AccessTokenProvider,
    AllowedHostsValidator,
    BaseBearerTokenAuthenticationProvider,
)
from kiota_abstractions.base_request_configuration import RequestConfiguration
from msgraph import GraphRequestAdapter, GraphServiceClient
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.users.users_request_builder import UsersRequestBuilder
from msgraph_core import GraphClientFactory
from msgraph_core.tasks.page_iterator import PageIterator

CLEAR, TLS, AUTHORITY = sys.argv[1:]
TENANT = "aaaabbbb-0000-cccc-1111-dddd2222eeee"
CLIENT_ID = "11112222-bbbb-3333-cccc-4444dddd5555"
DOMAIN = "contoso.example"
SCOPES = [f"{TLS}/.default"]
PEM = Path(os.environ["CERTIFICATE"]).read_text()

failures = 0


def check(what, holds, why=""):
    global failures
    print(f"{'ok    ' if holds else 'FAILED'} {what}", flush=True)
    if not holds:
        failures += 1
        print("\n".join(f"         {line}" for line in str(why)[:4000].splitlines()), flush=True)


def adphoto(*words):
    """Runs adphoto on the practice tenant, and returns `user status` of each record."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ADPHOTO", "AZURE_"))}
    command = [os.environ["ADPHOTO"], *words, "--target", "microsoft365", "--cloud", CLEAR, "--allow-clear-text"]
    command += ["--tenant", TENANT, "--client-id", CLIENT_ID, "--certificate", os.environ["CERTIFICATE"]]
    command += ["--give-up-after", "10", "--format", "json"]
    run = subprocess.run(command, env=kept | {"XDG_STATE_HOME": "state"}, capture_output=True, text=True)
    if not run.stdout:
        return run.stderr
    records = json.loads(run.stdout)["records"]
    return {record["user"].split("@")[0]: record["status"] for record in records}


def exported(folder):
    """The photos that adphoto reads, by the first part of the userPrincipalName."""
    adphoto("export", folder)
    return {path.name.split("@")[0]: path.read_bytes() for path in Path(folder).glob("*.jpg")}


def app(key, certificate=PEM):
    return msal.ConfidentialClientApplication(
        CLIENT_ID,
        authority=f"{TLS}/{TENANT}",
        client_credential={"private_key": key, "public_certificate": certificate},
        instance_discovery=False,
        verify=AUTHORITY,
    )


class Tokens(AccessTokenProvider):
    """Gets tokens by msal."""

    def __init__(self, msal_app):
        self.app = msal_app

    async def get_authorization_token(self, uri, additional_authentication_context={}):
        return self.app.acquire_token_for_client(SCOPES)["access_token"]

    def get_allowed_hosts_validator(self):
        return AllowedHostsValidator([])


def sign_in():
    signed_in = app(PEM)
    token = signed_in.acquire_token_for_client(SCOPES)
    check(f"msal {msal.__version__} signs in by certificate", "access_token" in token, token)
    again = signed_in.acquire_token_for_client(SCOPES)
    check("msal keeps the token for as long as it lives", again.get("token_source") == "cache", again)
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    refused = app(key.decode()).acquire_token_for_client(SCOPES)
    check("msal with another key is refused", 700027 in refused.get("error_codes", []), refused)
    return signed_in


def service(signed_in):
    client = httpx.AsyncClient(verify=ssl.create_default_context(cafile=AUTHORITY), trust_env=False)
    adapter = GraphRequestAdapter(
        BaseBearerTokenAuthenticationProvider(Tokens(signed_in)),
        GraphClientFactory.create_with_default_middleware(client=client),
    )
    adapter.base_url = f"{TLS}/v1.0"
    return GraphServiceClient(request_adapter=adapter)


async def list_users(graph):
    query = UsersRequestBuilder.UsersRequestBuilderGetQueryParameters(
        top=100, select=["id", "userPrincipalName", "userType", "onPremisesSecurityIdentifier"]
    )
    first = await graph.users.get(RequestConfiguration(query_parameters=query))
    found = {}
    await PageIterator(first, graph.request_adapter).iterate(lambda user: found.setdefault(user.id, user) is user)
    users = {user.user_principal_name.split("@")[0]: user for user in found.values()}
    members = [name for name, user in users.items() if user.user_type == "Member"]
    check(f"msgraph-sdk lists {len(found)} users in pages of 100", len(found) == 1010 and len(first.value) == 100)
    seen = adphoto("audit")
    check("its members are those whom adphoto audits", sorted(members) == sorted(seen), seen)
    check("it reads a SID", users["user1"].on_premises_security_identifier == "S-1-5-21-1-2-3-1101")
    some = (await graph.users.get()).value[0]
    unasked = some.display_name == "user1" and some.mail_nickname is None
    check("without $select, it gets what Graph sends unasked", unasked, some)
    return {name: users[name].id for name in members}


async def photos(graph, ids):
    def photo(name):
        return graph.users.by_user_id(ids[name]).photo

    hd = exported("before")
    metadata = await photo("user1").get()
    check(
        "msgraph-sdk reads what is known of a photo",
        (metadata.id, metadata.width, metadata.height) == ("648x648", 648, 648),
        metadata,
    )
    check("it reads the bytes that adphoto exports", await photo("user1").content.get() == hd["user1"])
    by_name = await graph.users.by_user_id(f"user1@{DOMAIN}").photo.content.get()
    check("it reads a photo by userPrincipalName, too", by_name == hd["user1"])
    try:
        await photo("user6").content.get()
        check("it is told that there is no photo", False)
    except ODataError as error:
        told = (error.response_status_code, error.error.code)
        check("it is told that there is no photo", told == (404, "ImageNotFound"), told)

    # The SDK sends application/octet-stream unless it is told otherwise; Microsoft documents image/jpeg.
    jpeg = RequestConfiguration()
    jpeg.headers.add("Content-Type", "image/jpeg")
    await photo("user7").content.put(hd["user2"], jpeg)
    served = await photo("user7").content.get()
    check("it writes a photo, which adphoto exports as it is served", exported("written").get("user7") == served)

    Path("photos").mkdir()
    Path("photos/user8.jpg").write_bytes(hd["user3"])
    Path("photos/user7.jpg").write_bytes(hd["user2"])
    run = adphoto("import", "photos")
    check(
        "adphoto finds the photo of msgraph-sdk unchanged, and writes another",
        run == {"user7": "unchanged", "user8": "written"},
        run,
    )
    served = await photo("user8").content.get()
    check("msgraph-sdk reads that as adphoto does", served == exported("imported").get("user8"))
    metadata = await photo("user8").get()
    check("and knows its size", (metadata.width, metadata.height) == (648, 648), metadata)

    await photo("user7").content.delete()
    seen = adphoto("audit")
    check("msgraph-sdk deletes a photo, which adphoto then misses", seen.get("user7") == "missing", seen)
    run = adphoto("remove", "--account", "user8", "--yes")
    check("adphoto removes a photo", run == {"user8": "removed"}, run)
    try:
        await photo("user8").content.get()
        check("which msgraph-sdk then misses", False)
    except ODataError as error:
        check("which msgraph-sdk then misses", error.response_status_code == 404, error)


def verdicts(method="GET"):
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    return json.load(opener.open(urllib.request.Request(f"{CLEAR}/verdicts", method=method)))


async def main():
    verdicts("DELETE")
    graph = service(sign_in())
    await photos(graph, await list_users(graph))
    said = verdicts()
    wrong = [verdict for verdict in said if verdict["complaints"]]
    check(f"Prism finds {len(said)} requests and answers valid", said and not wrong, json.dumps(wrong, indent=1))


asyncio.run(main())
sys.exit(failures > 0)
