"""The vendor's gallery tests that go through the provisioning service, by Graph and SCIM alone.

They are the tests Create_User to Restore_Group of SCIM-Validation-Test-Overview.md and the workflows beside it
(AzureAD/SCIMReferenceCode): change the directory over Graph, wait at the SCIM server until it shows there, then read the
provisioning log. Nothing here knows that the tenant is a mock, or whose the server is.

Usage: gallery.py TEMPLATE TENANT_URL SCIM_URL [--known FILE]; GRAPH_URL and GRAPH_TOKEN say where the tenant is, SCIM_TOKEN
is the server's. TEMPLATE is the name of an application in the gallery. A test that FILE names may fail; a surprise may not.
"""

import argparse
import json
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

# How long something is waited for. The vendor waits twenty minutes, as the clock of its tenant is the real one.
PATIENCE = 30
# The same of a test that is known to fail.
SHORT_PATIENCE = 5
PAUSE = 0.05


class Failed(Exception):
    """A test that does not hold."""


class Skipped(Exception):
    """A test that says nothing of this application."""


class Api:
    def __init__(self, base, token, media):
        self.base, self.token, self.media = base.rstrip("/"), token, media

    def ask(self, method, path, body=None):
        """The status and the parsed body."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data=data, method=method)
        request.add_header("Authorization", f"Bearer {self.token}")
        request.add_header("Accept", self.media)
        if data is not None:
            request.add_header("Content-Type", self.media)
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                status, text = response.status, response.read()
        except urllib.error.HTTPError as error:
            status, text = error.code, error.read()
        try:
            return status, json.loads(text) if text else None
        except ValueError:
            return status, None

    def must(self, method, path, body=None):
        status, answer = self.ask(method, path, body)
        if not 200 <= status < 300:
            raise Failed(f"{method} {path} was answered {status} {json.dumps(answer)[:800]}")
        return answer


def until(what, wanted, says):
    """Asks until it is so; what came last is told when it never is."""
    ends = time.monotonic() + until.patience
    while True:
        value = what()
        if wanted(value):
            return value
        if time.monotonic() > ends:
            raise Failed(f"{says}: {json.dumps(value)[:300]}")
        time.sleep(PAUSE)


until.patience = PATIENCE


class Application:
    """An enterprise application made from the gallery, with its job."""

    def __init__(self, graph, scim, template, tenant_url):
        self.graph, self.scim = graph, scim
        self.tag = f"gallery{int(time.time() * 1000) % 10**10}"
        templates = graph.must("GET", "/applicationTemplates")["value"]
        template = next(one for one in templates if one["displayName"] == template)
        made = graph.must("POST", f"/applicationTemplates/{template['id']}/instantiate", {"displayName": f"Gallery {self.tag}"})
        self.principal = made["servicePrincipal"]
        self.id = self.principal["id"]
        self.role = next((one["id"] for one in self.principal["appRoles"] if one["displayName"] == "User"), "0" * 8 + "-0000-0000-0000-" + "0" * 12)
        sync = f"/servicePrincipals/{self.id}/synchronization"
        templates = graph.must("GET", f"{sync}/templates")["value"]
        self.job = graph.must("POST", f"{sync}/jobs", {"templateId": templates[0]["id"]})["id"]
        self.at = f"{sync}/jobs/{self.job}"
        self.connect(sync, tenant_url)
        rules = graph.must("GET", f"{self.at}/schema")["synchronizationRules"]
        mappings = [one for rule in rules for one in rule["objectMappings"]]
        self.rule = rules[0]["id"]
        self.mapped = {
            one["sourceObjectName"]: {row["targetAttributeName"] for row in one["attributeMappings"]}
            for one in mappings
            if one["enabled"]
        }
        self.domain = graph.must("GET", "/users?$top=1")["value"][0]["userPrincipalName"].partition("@")[2]

    def connect(self, sync, tenant_url):
        def pairs(token):
            return [{"key": "BaseAddress", "value": tenant_url}, {"key": "SecretToken", "value": token}]

        wrong = {"useSavedCredentials": False, "credentials": pairs("not-the-token")}
        status, answer = self.graph.ask("POST", f"{self.at}/validateCredentials", wrong)
        if status != 400:
            raise Failed(f"credentials that are wrong were answered {status} {json.dumps(answer)[:300]}")
        right = {"useSavedCredentials": False, "credentials": pairs(self.scim.token)}
        self.graph.must("POST", f"{self.at}/validateCredentials", right)
        self.graph.must("PUT", f"{sync}/secrets", {"value": pairs(self.scim.token)})
        self.graph.must("POST", f"{self.at}/start")

    # ---- the directory ----

    def new_user(self, name):
        alias = f"{self.tag}.{name}"
        user = self.graph.must(
            "POST",
            "/users",
            {
                "accountEnabled": True, "displayName": f"{name} {self.tag}", "givenName": name.capitalize(), "surname": "Gallery",
                "mailNickname": alias, "userPrincipalName": f"{alias}@{self.domain}", "department": "Engineering", "jobTitle": "Engineer",
                "mail": f"{alias}@{self.domain}", "passwordProfile": {"password": "Xy12345678!", "forceChangePasswordNextSignIn": True},
            },
        )
        return {**user, "userPrincipalName": f"{alias}@{self.domain}"}

    def new_group(self, name, members=()):
        if "Group" not in self.mapped:
            raise Failed("the application provisions no groups")
        body = {
            "displayName": f"{name} {self.tag}", "mailNickname": f"{self.tag}-{name}", "mailEnabled": False, "securityEnabled": True,
            "description": "Made by the gallery tests",
        }
        group = self.graph.must("POST", "/groups", body)
        for member in members:
            self.add_member(group, member)
        return group

    def add_member(self, group, user):
        self.graph.must("POST", f"/groups/{group['id']}/members/$ref", {"@odata.id": f"{self.graph.base}/directoryObjects/{user['id']}"})

    def assign(self, kind, one):
        """Assigns a user or a group; returns the assignment."""
        body = {"principalId": one["id"], "resourceId": self.id, "appRoleId": self.role}
        return self.graph.must("POST", f"/{kind}/{one['id']}/appRoleAssignments", body)["id"]

    def unassign(self, kind, one, assignment):
        self.graph.must("DELETE", f"/{kind}/{one['id']}/appRoleAssignments/{assignment}")

    def change(self, user, **values):
        self.graph.must("PATCH", f"/users/{user['id']}", values)

    # ---- what the server holds ----

    def found(self, endpoint, attribute, value):
        query = urllib.parse.quote(f'{attribute} eq "{value}"')
        return self.scim.must("GET", f"/{endpoint}?filter={query}").get("Resources") or []

    def account(self, user):
        return self.found("Users", "userName", user["userPrincipalName"])

    def shows(self, user):
        """Waits until the user's account is there, and reads it."""
        return until(lambda: self.account(user), lambda found: len(found) == 1, "no account shows at the server")[0]

    def holds(self, user, says, wanted):
        """Waits until the user's one account is so."""
        return until(lambda: self.account(user), lambda found: len(found) == 1 and wanted(found[0]), says)[0]

    def group_shows(self, name):
        return until(lambda: self.found("Groups", "displayName", name), lambda found: len(found) == 1, "no group shows at the server")[0]

    def members(self, group):
        status, read = self.scim.ask("GET", f"/Groups/{group['id']}")
        return {one.get("value") for one in (read or {}).get("members") or []} if status == 200 else set()

    # ---- the log ----

    def logged(self, one, action, names=None):
        """Waits for a row of the provisioning log about an object; it must be a success."""
        words = f"jobId eq '{self.job}' and servicePrincipal/id eq '{self.id}' and sourceIdentity/id eq '{one['id']}' and provisioningAction eq '{action}'"
        query = {"$top": "1", "$orderby": "activityDateTime desc", "$filter": words}
        path = "/auditLogs/provisioning?" + urllib.parse.urlencode(query, quote_via=urllib.parse.quote)

        def rows():
            return self.graph.must("GET", path)["value"]

        def is_it(rows):
            changed = [row["displayName"] for row in (rows[0].get("modifiedProperties") or [])] if rows else []
            return bool(rows) and (names is None or any(names in name for name in changed))

        row = until(rows, is_it, f"the log has no row {action}" + (f" that names {names}" if names else ""))[0]
        status = row["provisioningStatusInfo"]
        if status["status"] != "success":
            raise Failed(f"the log says {action}/{status['status']}: {json.dumps(status.get('errorInformation'))[:500]}")
        return row

    def provisioned(self, name):
        """A user who is assigned and has an account."""
        user = self.new_user(name)
        assignment = self.assign("users", user)
        account = self.shows(user)
        self.logged(user, "create")
        return user, account, assignment

    def on_demand(self, kind, one, links=()):
        subject = {"objectId": one["id"], "objectTypeName": kind}
        if links:
            subject["links"] = {"members": [{"objectId": user["id"], "objectTypeName": "User"} for user in links]}
        body = {"parameters": [{"ruleId": self.rule, "subjects": [subject]}]}

        def status():
            answer = self.graph.must("POST", f"{self.at}/provisionOnDemand", body)
            shown = json.loads(answer["value"])[0]
            return shown.get("provisioningStatusInfo") or shown.get("statusInfo") or {}

        # An assignment that is new is not in effect everywhere at once.
        # Nor is anything left to do when a cycle came first.
        done = ("Success", "RedundantExport")
        until(status, lambda status: status.get("status") in done or status.get("errorCode") in done, "on demand ended otherwise")


# ---- the tests, by the vendor's names ----


def create_user(app):
    app.provisioned("create")


def update_user(app):
    user, _, _ = app.provisioned("update")
    rows = {"jobTitle": ("title", "Manager"), "givenName": ("name.givenName", "Changed"), "surname": ("name.familyName", "Anew"),
            "displayName": ("displayName", "Changed Anew"), "department": (ENTERPRISE + ":department", "Sales")}
    changes = {source: value for source, (target, value) in rows.items() if target in app.mapped["User"]}
    if not changes:
        raise Skipped("nothing that could change is mapped")
    app.change(user, **changes)
    app.logged(user, "update")

    def is_so(account):
        return all(value_of(account, rows[source][0]) == value for source, value in changes.items())

    app.holds(user, f"the account has not {changes}", is_so)


def disable_user(app):
    user, _, _ = app.provisioned("disable")
    app.change(user, accountEnabled=False)
    app.logged(user, "disable")
    app.holds(user, "the account is active", lambda account: account.get("active") is False)


def delete_user(app):
    user, account, _ = app.provisioned("delete")
    app.graph.must("DELETE", f"/users/{user['id']}")
    app.logged(user, "disable")
    app.graph.must("DELETE", f"/directory/deletedItems/{user['id']}")
    app.logged(user, "delete")
    is_gone = lambda found: found[0] == 404 or not found[1]
    until(lambda: (app.scim.ask("GET", f"/Users/{account['id']}")[0], app.account(user)), is_gone, "the account is still there")


def user_update_manager(app):
    if ENTERPRISE + ":manager" not in app.mapped["User"]:
        raise Skipped("manager is not mapped")
    (first, at_first, _), (second, at_second, _), (user, _, _) = (app.provisioned(name) for name in ("boss", "chief", "report"))

    def manager(account):
        return (account.get(ENTERPRISE, {}).get("manager") or {}).get("value")

    for boss, there in ((first, at_first), (second, at_second)):
        app.graph.must("PUT", f"/users/{user['id']}/manager/$ref", {"@odata.id": f"{app.graph.base}/users/{boss['id']}"})
        app.holds(user, f"the account's manager is not {there['id']}", lambda account: manager(account) == there["id"])
        app.logged(user, "update", names="manager")
    app.graph.must("DELETE", f"/users/{user['id']}/manager/$ref")
    app.holds(user, "the account keeps its manager", lambda account: not manager(account))


def restore_user(app):
    user, account, assignment = app.provisioned("restore")
    app.unassign("users", user, assignment)
    is_out = lambda found: not found or found[0].get("active") is False
    until(lambda: app.account(user), is_out, "the account is active")
    app.assign("users", user)
    back = app.holds(user, "the account is not active again", lambda account: account.get("active", True) is True)
    if back["id"] != account["id"]:
        raise Failed(f"another account came: {back['id']} for {account['id']}")


def pod_user(app):
    user = app.new_user("ondemand")
    app.assign("users", user)
    app.on_demand("User", user)
    app.shows(user)


def create_group(app):
    group = app.new_group("create")
    app.assign("groups", group)
    app.group_shows(group["displayName"])
    app.logged(group, "create")


def update_group(app):
    group = app.new_group("rename")
    app.assign("groups", group)
    before = app.group_shows(group["displayName"])
    name = f"renamed {app.tag}"
    app.graph.must("PATCH", f"/groups/{group['id']}", {"displayName": name, "description": "Changed"})
    after = app.group_shows(name)
    app.logged(group, "update")
    if before["id"] != after["id"]:
        raise Failed("another group has the new name")


def delete_group(app):
    group = app.new_group("delete")
    app.assign("groups", group)
    app.group_shows(group["displayName"])
    app.logged(group, "create")
    app.graph.must("DELETE", f"/groups/{group['id']}")
    until(lambda: app.found("Groups", "displayName", group["displayName"]), lambda found: not found, "the group is still there")


def with_member(app, name):
    """A group with a member, both at the server."""
    user, account, _ = app.provisioned(name)
    group = app.new_group(name, [user])
    app.assign("groups", group)
    there = app.group_shows(group["displayName"])
    until(lambda: app.members(there), lambda held: account["id"] in held, "the member is not in the group")
    return group, there, user, account


def add_member(app):
    group, there, _, first = with_member(app, "first")
    user, account, _ = app.provisioned("second")
    app.add_member(group, user)
    until(lambda: app.members(there), lambda held: held >= {first["id"], account["id"]}, "the new member is not in the group")
    app.logged(group, "update", names="members")


def remove_member(app):
    group, there, user, account = with_member(app, "leaving")
    stays, kept, _ = app.provisioned("staying")
    app.add_member(group, stays)
    until(lambda: app.members(there), lambda held: kept["id"] in held, "the new member is not in the group")
    app.graph.must("DELETE", f"/groups/{group['id']}/members/{user['id']}/$ref")
    held = until(lambda: list(app.members(there)), lambda held: account["id"] not in held, "the member is still in the group")
    if kept["id"] not in held:
        raise Failed("the other member went too")
    app.logged(group, "update", names="members")


def pod_group(app):
    user, _, _ = app.provisioned("grouped")
    group = app.new_group("ondemand", [user])
    app.assign("groups", group)
    app.on_demand("Group", group, [user])
    app.group_shows(group["displayName"])


def restore_group(app):
    group = app.new_group("restore")
    assignment = app.assign("groups", group)
    app.group_shows(group["displayName"])
    app.unassign("groups", group, assignment)
    until(lambda: app.found("Groups", "displayName", group["displayName"]), lambda found: not found, "the group is still there")
    app.assign("groups", group)
    app.group_shows(group["displayName"])


ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

TESTS = [
    ("Create_User", "must", create_user),
    ("Update_User", "must", update_user),
    ("Disable_User", "must", disable_user),
    ("Delete_User", "optional", delete_user),
    ("User_Update_Manager", "must", user_update_manager),
    ("Restore_User", "must", restore_user),
    ("POD_User", "must", pod_user),
    ("Create_Group", "must", create_group),
    ("Update_Group", "must", update_group),
    ("Delete_Group", "optional", delete_group),
    ("Group_Update_Add_Member", "must", add_member),
    ("Group_Update_Remove_Member", "must", remove_member),
    ("POD_Group", "must", pod_group),
    ("Restore_Group", "optional", restore_group),
]


def value_of(account, path):
    """The value at a path of a mapping, such as name.givenName."""
    if path.startswith(ENTERPRISE + ":"):
        account, path = account.get(ENTERPRISE) or {}, path[len(ENTERPRISE) + 1 :]
    for part in path.split("."):
        account = (account or {}).get(part)
    return account


def known_of(path):
    """Tests that are known not to pass, each with why."""
    if not path:
        return {}
    with open(path, encoding="utf-8") as file:
        rows = [line.split("#")[0].split(None, 1) for line in file]
    return {row[0]: row[1].strip() if len(row) > 1 else "" for row in rows if row}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("template")
    parser.add_argument("tenant_url")
    parser.add_argument("scim_url")
    parser.add_argument("--known")
    given = parser.parse_args()
    known = known_of(given.known)
    unknown = known.keys() - {name for name, _, _ in TESTS}
    if unknown:
        sys.exit(f"no such test: {', '.join(sorted(unknown))}")
    graph = Api(os.environ["GRAPH_URL"], os.environ["GRAPH_TOKEN"], "application/json")
    scim = Api(given.scim_url, os.environ.get("SCIM_TOKEN", ""), "application/scim+json")
    began = time.monotonic()
    app = Application(graph, scim, given.template, given.tenant_url)
    surprises, passed = [], 0
    for name, rule, test in TESTS:
        at = time.monotonic()
        until.patience = SHORT_PATIENCE if name in known else PATIENCE
        try:
            test(app)
            outcome, why = "PASS", ""
        except Skipped as error:
            outcome, why = "SKIPPED", str(error)
        except Failed as error:
            outcome, why = "FAIL", str(error)
        passed += outcome == "PASS"
        is_known = name in known
        if is_known != (outcome == "FAIL"):
            surprises.append(f"{name} is listed as a known failure, and {outcome}" if is_known else name)
        told = f"  {why}" if why else ""
        print(f"{outcome:7} {name:26} {rule:8} {time.monotonic() - at:4.1f} s{'  known' if is_known else ''}{told}", flush=True)
    print(f"{passed} of {len(TESTS)} passed in {time.monotonic() - began:.1f} s")
    # A skipped test is no failure: the vendor skips it too. One that was to fail and did not is a surprise as well.
    surprises = [one for one in surprises if not one.endswith("SKIPPED")]
    if surprises:
        sys.exit("FAILED: " + "; ".join(surprises))


main()
