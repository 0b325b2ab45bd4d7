"""Sends requests by chance to Graph and to sign-in: none may end in a 5xx or without an answer.

Usage: chance.py SEED COUNT; the variables of `serve --env-file` say where the tenant is.
"""

import json
import os
import random
import sys

import requests

chance = random.Random(int(sys.argv[1]))
base = os.environ["GRAPH_URL"].removesuffix("/v1.0")
tenant, client = os.environ["AZURE_TENANT_ID"], os.environ["AZURE_CLIENT_ID"]
session = requests.Session()
session.headers["Authorization"] = "Bearer " + os.environ["GRAPH_TOKEN"]

ODD = ["", "'", "''", "(", ")", "%00", "%ff", "é", "😀", "null", "-1", "0", "999999999999999999999", "x" * 2000, "a/b", "..", "$ref", "{}", "[]", "\\", '"', "true"]
WORDS = [
    "users", "groups", "servicePrincipals", "applications", "applicationTemplates", "directory", "deletedItems", "auditLogs",
    "provisioning", "directoryAudits", "signIns", "synchronization", "jobs", "templates", "schema", "secrets", "members", "owners",
    "manager", "memberOf", "appRoleAssignedTo", "appRoleAssignments", "delta", "delta()", "$count", "$ref", "$batch", "restore",
    "start", "pause", "restart", "validateCredentials", "provisionOnDemand", "acquireAccessToken", "functions", "filterOperators()",
    "parseExpression", "directories", "discover", "instantiate", "addPassword", "removePassword",
    "addTokenSigningCertificate", "owners/$ref", "ownedObjects", "graph.application", "graph.servicePrincipal", "organization", "domains", "microsoft.graph.user", "graph.group", "getByIds",
]
FILTERS = [
    "displayName eq 'x'", "startswith(displayName,'A')", "id in ('a','b')", "not(accountEnabled eq true)", "a/b eq 1", "((((", "eq", "x eq",
    "proxyAddresses/any(p:p eq 'x')", "createdDateTime ge 2031-03-01", "activityDateTime gt 2031", "a and b or not c", "tolower(displayName) eq 'a'",
    "contains(jobId,'x')", "displayName ne null", "(" * 500 + ")" * 500, "a eq 'b' and " * 300 + "c eq 1",
]
OPTIONS = ["$filter", "$select", "$expand", "$orderby", "$top", "$skip", "$count", "$search", "$skiptoken", "$deltatoken", "%24filter", "x"]
GRANTS = ["client_credentials", "authorization_code", "refresh_token", "password", "urn:ietf:params:oauth:grant-type:device_code", ""]
FIELDS = ["grant_type", "client_id", "client_secret", "scope", "resource", "code", "redirect_uri", "code_verifier", "refresh_token", "device_code",
          "client_assertion", "client_assertion_type", "user", "user_code", "response_type", "state", "nonce", "prompt", "login_hint",
          "response_mode", "code_challenge", "code_challenge_method"]
SIGN_IN = ["oauth2/v2.0/token", "oauth2/token", "oauth2/v2.0/authorize", "oauth2/authorize", "oauth2/v2.0/devicecode", "oauth2/deviceauth",
           "v2.0/.well-known/openid-configuration", "discovery/v2.0/keys", "discovery/instance", "oauth2/v2.0/logout"]


def ids():
    """Ids of objects that are there."""
    found = []
    for path in ("users?$top=5", "groups?$top=5", "servicePrincipals", "applications", "applicationTemplates"):
        found += [one["id"] for one in session.get(f"{base}/v1.0/{path}", timeout=30).json().get("value", [])]
    for one in session.get(f"{base}/v1.0/servicePrincipals", timeout=30).json()["value"]:
        jobs = session.get(f"{base}/v1.0/servicePrincipals/{one['id']}/synchronization/jobs", timeout=30).json()
        found += [job["id"] for job in jobs.get("value", [])]
    return found


IDS = ids()


def value():
    return chance.choice([*ODD, *FILTERS, *IDS, *WORDS, client, "https://graph.microsoft.com/.default", "openid User.Read", "http://localhost/", "code", "S256"])


def body(depth=0):
    kind = chance.randrange(7 if depth < 4 else 4)
    if kind < 2:
        return value()
    if kind == 2:
        return chance.choice([None, True, False, 0, -1, 1e300])
    if kind == 3:
        return chance.choice(IDS)
    if kind == 4:
        return [body(depth + 1) for _ in range(chance.randrange(4))]
    names = ["displayName", "accountEnabled", "userPrincipalName", "mailNickname", "passwordProfile", "principalId", "resourceId", "appRoleId", "value",
             "appId", "appRoles", "web", "api", "redirectUris", "identifierUris", "tags", "keyCredentials", "passwordCredential", "keyId",
             "endDateTime", "accountEnabled", "owners@odata.bind", "groupTypes", "visibility", "key", "criteria", "resetScope", "parameters", "subjects", "objectId", "objectTypeName", "ruleId", "expression", "requests", "id", "url",
             "method", "@odata.id", "members@odata.bind", "templateId", "credentials", "synchronizationRules", "directories", "links", "businessPhones"]
    return {chance.choice(names): body(depth + 1) for _ in range(chance.randrange(6))}


def of_graph():
    parts = [chance.choice(["v1.0", "beta"])]
    for _ in range(chance.randrange(1, 7)):
        parts.append(chance.choice([chance.choice(WORDS), chance.choice(IDS), chance.choice(ODD[:10])]))
    if chance.random() < 0.5:
        parts[1:3] = [chance.choice(["users", "groups", "servicePrincipals", "applications"]), chance.choice(IDS)]
    query = "&".join(f"{chance.choice(OPTIONS)}={chance.choice([*ODD, *FILTERS, 'displayName', 'id desc', 'manager', 'true'])}" for _ in range(chance.randrange(4)))
    headers = {"ConsistencyLevel": "eventual"} if chance.random() < 0.4 else {}
    method = chance.choice(["GET", "GET", "GET", "POST", "PATCH", "PUT", "DELETE", "HEAD", "OPTIONS"])
    data = None
    if method in ("POST", "PATCH", "PUT"):
        data = chance.choice(["", "{", "[]", "null", "\"x\"", json.dumps(body()), json.dumps(body()), json.dumps(body())]).encode()
        headers["Content-Type"] = chance.choice(["application/json"] * 5 + ["text/plain", "application/xml"])
    return method, f"{base}/{'/'.join(parts)}" + (f"?{query}" if query else ""), data, headers


WRITES = [
    ("POST", "applications"), ("PATCH", "applications/{}"), ("POST", "applications/{}/addPassword"), ("POST", "applications/{}/removePassword"),
    ("POST", "applications/{}/owners/$ref"), ("DELETE", "applications/{}"), ("POST", "servicePrincipals"), ("PATCH", "servicePrincipals/{}"),
    ("POST", "servicePrincipals/{}/addPassword"), ("POST", "servicePrincipals/{}/addTokenSigningCertificate"), ("DELETE", "servicePrincipals/{}"),
    ("PATCH", "groups/{}"), ("POST", "groups"), ("PATCH", "users/{}"), ("POST", "directory/deletedItems/{}/restore"),
    ("DELETE", "directory/deletedItems/{}"), ("GET", "applications/delta"), ("GET", "servicePrincipals/delta"), ("GET", "applications/{}?$expand=owners"),
]


def of_change():
    """A change of an object that is there, with a body of few and mostly fitting properties."""
    method, path = chance.choice(WRITES)
    names = ["displayName", "appId", "tags", "web", "api", "appRoles", "keyCredentials", "passwordCredential", "keyId", "identifierUris", "accountEnabled",
             "preferredSingleSignOnMode", "samlSingleSignOnSettings", "requiredResourceAccess", "endDateTime", "@odata.id", "owners@odata.bind", "visibility"]
    fitting = {"displayName": "x", "tags": ["x"], "web": {"redirectUris": ["https://x.example/"]}, "accountEnabled": False, "identifierUris": ["api://x"],
               "passwordCredential": {}, "keyId": chance.choice(IDS), "appId": chance.choice(IDS), "endDateTime": "2030-01-01T00:00:00Z",
               "@odata.id": "https://graph.microsoft.com/v1.0/directoryObjects/" + chance.choice(IDS)}
    chosen = chance.sample(names, chance.randrange(3))
    sent = {name: fitting[name] if name in fitting and chance.random() < 0.8 else body(2) for name in chosen}
    data = json.dumps(sent).encode() if method in ("POST", "PATCH") else None
    return method, f"{base}/v1.0/" + path.replace("{}", chance.choice(IDS)), data, {"Content-Type": "application/json"}


def of_sign_in():
    path = f"{base}/{chance.choice([tenant, 'common', 'organizations', 'contoso.example', 'x'])}/{chance.choice(SIGN_IN)}"
    fields = {name: value() for name in chance.sample(FIELDS, chance.randrange(10))}
    if chance.random() < 0.7:
        fields |= {"client_id": client, "grant_type": chance.choice(GRANTS)}
    if chance.random() < 0.5:
        return "GET", requests.Request("GET", path, params=fields).prepare().url, None, {}
    return "POST", path, fields, {}


def main():
    counted = {}
    for nth in range(int(sys.argv[2])):
        method, url, data, headers = chance.choice([of_graph, of_graph, of_change, of_sign_in])()
        try:
            answer = session.request(method, url, data=data, headers=headers, timeout=60, allow_redirects=False)
        except (requests.exceptions.InvalidURL, UnicodeError):
            continue
        if answer.status_code == 201 and len(IDS) < 200:
            IDS.extend(one for one in (answer.json().get("id"), answer.json().get("appId")) if one)
        counted[answer.status_code] = counted.get(answer.status_code, 0) + 1
        if answer.status_code >= 500:
            raise SystemExit(f"FAILED: request {nth} of seed {sys.argv[1]}: {method} {url[:500]} {str(data)[:2000]} -> {answer.status_code} {answer.text[:500]}")
    print(f"by chance: {dict(sorted(counted.items()))}")


main()
