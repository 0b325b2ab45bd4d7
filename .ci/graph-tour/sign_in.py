"""Signs in with msal and azure-identity by every grant. Usage: sign_in.py; see tour.py for the variables."""

import os
import re
import urllib.parse

import msal
import requests
from azure.identity import CertificateCredential, ClientSecretCredential, DeviceCodeCredential
from azure.core.exceptions import ClientAuthenticationError

TENANT, CLIENT, SECRET = (os.environ["AZURE_" + name] for name in ("TENANT_ID", "CLIENT_ID", "CLIENT_SECRET"))
BASE = os.environ["GRAPH_HTTPS_URL"].removesuffix("/v1.0")
AUTHORITY = f"{BASE}/{TENANT}"
GRAPH = ["https://graph.microsoft.com/.default"]
ANN = "ann.okafor@contoso.example"


def users(token):
    answer = requests.get(f"{BASE}/v1.0/users?$top=1", headers={"Authorization": f"Bearer {token}"}, timeout=30)
    assert answer.status_code == 200, answer.text
    return answer.json()


def confidential(secret=SECRET):
    return msal.ConfidentialClientApplication(CLIENT, client_credential=secret, authority=AUTHORITY, instance_discovery=False)


def application():
    app = confidential()
    got = app.acquire_token_for_client(scopes=GRAPH)
    assert "access_token" in got, got
    users(got["access_token"])
    assert app.acquire_token_for_client(scopes=GRAPH)["token_source"] == "cache"
    wrong = confidential("wrong").acquire_token_for_client(scopes=GRAPH)
    assert wrong["error"] == "invalid_client" and 7000215 in wrong["error_codes"], wrong


def code():
    app = confidential()
    back = "http://localhost:5000/back"
    flow = app.initiate_auth_code_flow(["User.Read", "User.Read.All"], redirect_uri=back, login_hint=ANN)
    page = requests.get(flow["auth_uri"], allow_redirects=False, timeout=30)
    assert page.status_code == 302, page.text
    query = urllib.parse.urlsplit(page.headers["location"]).query
    got = app.acquire_token_by_auth_code_flow(flow, dict(urllib.parse.parse_qsl(query)))
    assert got.get("id_token_claims", {}).get("preferred_username") == ANN, got
    users(got["access_token"])
    account = app.get_accounts()[0]
    assert account["username"] == ANN, account
    fresh = app.acquire_token_silent_with_error(["User.Read"], account=account, force_refresh=True)
    assert "access_token" in fresh, fresh


def page_of_people():
    app = msal.PublicClientApplication("14d82eec-204b-4c2f-b7e8-296a70dab67e", authority=AUTHORITY, instance_discovery=False)
    flow = app.initiate_auth_code_flow(["User.Read"], redirect_uri="http://localhost:5000")
    page = requests.get(flow["auth_uri"], timeout=30)
    user = re.search(r'value="([0-9a-f-]{36})">Ann Okafor', page.text).group(1)
    led = requests.post(flow["auth_uri"], data={"user": user}, allow_redirects=False, timeout=30)
    query = urllib.parse.urlsplit(led.headers["location"]).query
    got = app.acquire_token_by_auth_code_flow(flow, dict(urllib.parse.parse_qsl(query)))
    assert got["id_token_claims"]["oid"] == user, got


def device():
    def prompt(uri, user_code, expires):
        done = requests.post(uri, data={"user_code": user_code, "user": ANN}, timeout=30)
        assert done.status_code == 200, done.text

    credential = DeviceCodeCredential(tenant_id=TENANT, authority=BASE, disable_instance_discovery=True, prompt_callback=prompt)
    users(credential.get_token("https://graph.microsoft.com/User.Read.All").token)


def identity():
    options = {"authority": BASE, "disable_instance_discovery": True}
    users(ClientSecretCredential(TENANT, CLIENT, SECRET, **options).get_token(*GRAPH).token)
    try:
        ClientSecretCredential(TENANT, "0f0f0f0f-0000-4000-8000-000000000000", "x", **options).get_token(*GRAPH)
    except ClientAuthenticationError as error:
        assert "AADSTS700016" in error.message, error.message
    else:
        raise SystemExit("FAILED: an unknown application has a token")


def certificate():
    path = os.environ.get("CLIENT_CERTIFICATE")
    if path:
        made = CertificateCredential(TENANT, os.environ["CLIENT_ID_CERTIFIED"], path, authority=BASE, disable_instance_discovery=True)
        users(made.get_token(*GRAPH).token)


for step in (application, code, page_of_people, device, identity, certificate):
    step()
    print(f"signed in: {step.__name__}")
