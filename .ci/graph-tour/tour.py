"""Walks the tutorial of provisioning with msgraph-sdk, against a tenant of ours.

Usage: tour.py plain | https | relay; the variables of `serve --env-file` say where the tenant is.
plain: over http with the plain token. https: azure-identity and an authority that is named.
relay: nothing is named; the clients use the vendor's own host names.
"""

import asyncio
import os
import sys
import time

from azure.core.credentials import AccessToken
from azure.identity import ClientSecretCredential
from kiota_abstractions.base_request_configuration import RequestConfiguration
from msgraph import GraphServiceClient
from msgraph.generated.application_templates.item.instantiate.instantiate_post_request_body import InstantiatePostRequestBody
from msgraph.generated.audit_logs.provisioning.provisioning_request_builder import ProvisioningRequestBuilder
from msgraph.generated.models.app_role_assignment import AppRoleAssignment
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.password_profile import PasswordProfile
from msgraph.generated.models.synchronization_job import SynchronizationJob
from msgraph.generated.models.synchronization_job_application_parameters import SynchronizationJobApplicationParameters
from msgraph.generated.models.synchronization_job_restart_criteria import SynchronizationJobRestartCriteria
from msgraph.generated.models.synchronization_job_subject import SynchronizationJobSubject
from msgraph.generated.models.synchronization_secret import SynchronizationSecret
from msgraph.generated.models.synchronization_secret_key_string_value_pair import SynchronizationSecretKeyStringValuePair
from msgraph.generated.models.user import User
from msgraph.generated.service_principals.item.synchronization.jobs.item.provision_on_demand.provision_on_demand_post_request_body import ProvisionOnDemandPostRequestBody
from msgraph.generated.service_principals.item.synchronization.jobs.item.restart.restart_post_request_body import RestartPostRequestBody
from msgraph.generated.service_principals.item.synchronization.jobs.item.validate_credentials.validate_credentials_post_request_body import ValidateCredentialsPostRequestBody
from msgraph.generated.service_principals.item.synchronization.secrets.secrets_put_request_body import SecretsPutRequestBody
from msgraph.generated.service_principals.service_principals_request_builder import ServicePrincipalsRequestBuilder
from msgraph.generated.users.users_request_builder import UsersRequestBuilder

RULE = "03f7d90d-bf71-41b1-bda6-aaf0ddbee5d8"


class Plain:
    """A credential that has its token already."""

    def get_token(self, *scopes, **options):
        return AccessToken(os.environ["GRAPH_TOKEN"], int(time.time()) + 3600)


def credential(secret=None, client=None):
    tenant = os.environ["AZURE_TENANT_ID"]
    client = client or os.environ["AZURE_CLIENT_ID"]
    secret = secret or os.environ["AZURE_CLIENT_SECRET"]
    if MODE == "relay":
        return ClientSecretCredential(tenant, client, secret)
    authority = os.environ["GRAPH_HTTPS_URL"].removesuffix("/v1.0")
    return ClientSecretCredential(tenant, client, secret, authority=authority, disable_instance_discovery=True)


def client(of=None):
    if MODE == "plain":
        made = GraphServiceClient(Plain())
        made.request_adapter.base_url = os.environ["GRAPH_URL"]
        return made
    made = GraphServiceClient(of or credential(), scopes=["https://graph.microsoft.com/.default"])
    if MODE == "https":
        made.request_adapter.base_url = os.environ["GRAPH_HTTPS_URL"]
    return made


def asking(builder, **parameters):
    query = getattr(builder, builder.__name__ + "GetQueryParameters")(**parameters)
    return RequestConfiguration(query_parameters=query)


async def people(graph):
    """Every user, page by page."""
    page = await graph.users.get(asking(UsersRequestBuilder, top=10, select=["id", "displayName", "userPrincipalName"]))
    found = []
    while True:
        found += page.value
        if not page.odata_next_link:
            return found
        page = await graph.users.with_url(page.odata_next_link).get()


async def application(graph):
    """An enterprise application made from the gallery's template."""
    templates = (await graph.application_templates.get()).value
    template = next(one for one in templates if one.display_name == "GoLinks")
    at = graph.application_templates.by_application_template_id(template.id)
    made = (await at.instantiate.post(InstantiatePostRequestBody(display_name="GoLinks pilot"))).service_principal
    config = asking(ServicePrincipalsRequestBuilder, filter="displayName eq 'GoLinks pilot'")
    found = await graph.service_principals.get(config)
    assert [one.id for one in found.value] == [made.id], found.value
    return made


async def until(what, wanted):
    """Asks until it is so; the tenant's clock runs by itself."""
    for _ in range(300):
        value = await what()
        if wanted(value):
            return value
        await asyncio.sleep(0.2)
    raise SystemExit(f"FAILED: it never came to that, in {what}: {value}")


async def refused(work, status):
    try:
        await work
    except ODataError as error:
        assert error.response_status_code == status, error
        assert error.error.code and error.error.message, error
        return error.error
    raise SystemExit(f"FAILED: no refusal with {status}")


async def users(graph):
    everyone = await people(graph)
    assert len(everyone) == 31, len(everyone)
    ann = next(one for one in everyone if one.display_name == "Ann Okafor")
    assert (await graph.users.by_user_id(ann.user_principal_name).get()).id == ann.id
    error = await refused(graph.users.by_user_id("0f0f0f0f-0000-4000-8000-000000000000").get(), 404)
    assert error.code == "Request_ResourceNotFound", error
    new = User(
        account_enabled=True, display_name="Ines Falk", given_name="Ines", surname="Falk", mail_nickname="ines.falk",
        user_principal_name="ines.falk@contoso.example", department="Research",
        password_profile=PasswordProfile(force_change_password_next_sign_in=True, password="Xy12345678!"),
    )
    ines = await graph.users.post(new)
    assert ines.user_principal_name == "ines.falk@contoso.example", ines
    again = await refused(graph.users.post(new), 400)
    assert again.code == "Request_BadRequest", again
    await graph.users.by_user_id(ines.id).patch(User(department="Archive"))
    read = await graph.users.by_user_id(ines.id).get(asking_user(["department"]))
    assert read.department == "Archive", read
    return ann, ines


def asking_user(select):
    from msgraph.generated.users.item.user_item_request_builder import UserItemRequestBuilder

    return asking(UserItemRequestBuilder, select=select)


async def provision(graph, ann, ines):
    app = await application(graph)
    at = graph.service_principals.by_service_principal_id(app.id)
    role = next(role.id for role in app.app_roles if role.display_name == "User") if app.app_roles else None
    for user in (ann, ines):
        made = await at.app_role_assigned_to.post(
            AppRoleAssignment(principal_id=user.id, resource_id=app.id, app_role_id=role or "00000000-0000-0000-0000-000000000000")
        )
        assert made.principal_display_name == user.display_name, made
    sync = at.synchronization
    templates = (await sync.templates.get()).value
    jobs = (await sync.jobs.get()).value
    job = jobs[0] if jobs else await sync.jobs.post(SynchronizationJob(template_id=templates[0].id))
    on = sync.jobs.by_synchronization_job_id(job.id)

    def pair(key, value):
        return SynchronizationSecretKeyStringValuePair(key=key, value=value)

    address = os.environ["GRAPH_URL"].replace("/v1.0", "/scim/v2")
    secrets = [
        pair(SynchronizationSecret.BaseAddress, address),
        pair(SynchronizationSecret.SecretToken, "test-token"),
    ]
    wrong = [secrets[0], pair(SynchronizationSecret.SecretToken, "wrong")]
    await refused(on.validate_credentials.post(ValidateCredentialsPostRequestBody(credentials=wrong)), 400)
    await on.validate_credentials.post(ValidateCredentialsPostRequestBody(credentials=secrets))
    await sync.secrets.put(SecretsPutRequestBody(value=secrets))
    await on.start.post()
    done = await until(
        on.get, lambda job: job.status.steady_state_first_achieved_time and job.status.steady_state_first_achieved_time.year > 1
    )
    assert done.status.code.value == "Active", done.status
    return app, on, at


async def watch(graph, app, on, ann, ines):
    def of(user):
        return asking(ProvisioningRequestBuilder, filter=f"sourceIdentity/id eq '{user.id}'")

    async def actions():
        rows = (await graph.audit_logs.provisioning.get(of(ines))).value
        return [row.provisioning_action.value for row in rows]

    await until(actions, lambda found: "create" in found)
    await graph.users.by_user_id(ines.id).patch(User(surname="Falk-Berg"))
    await until(actions, lambda found: "update" in found)
    await graph.users.by_user_id(ines.id).patch(User(account_enabled=False))
    await until(actions, lambda found: "disable" in found)
    rows = (await graph.audit_logs.provisioning.get(of(ines))).value
    assert all(row.provisioning_steps and row.job_id for row in rows), rows
    restart = RestartPostRequestBody(criteria=SynchronizationJobRestartCriteria())
    await on.restart.post(restart)
    subject = SynchronizationJobSubject(object_id=ann.id, object_type_name="User")
    parameters = SynchronizationJobApplicationParameters(rule_id=RULE, subjects=[subject])
    result = await on.provision_on_demand.post(ProvisionOnDemandPostRequestBody(parameters=[parameters]))
    assert result.key and "provisioningSteps" in result.value, result
    await on.pause.post()
    paused = await on.get()
    assert paused.status.code.value == "Paused", paused.status


async def few_rights():
    client_id = os.environ["CLIENT_ID_READER"]
    graph = client(credential("reader-secret", client_id))
    assert (await graph.users.get()).value
    error = await refused(graph.users.post(User(display_name="x")), 403)
    assert error.code == "Authorization_RequestDenied", error


async def main():
    graph = client()
    ann, ines = await users(graph)
    print(f"{MODE}: users")
    if MODE != "plain":
        await few_rights()
        print(f"{MODE}: a missing permission is 403")
    app, on, at = await provision(graph, ann, ines)
    print(f"{MODE}: assigned, configured, started, initial cycle done")
    await watch(graph, app, on, ann, ines)
    print(f"{MODE}: log, update, disable, restart, on demand, pause")


MODE = sys.argv[1]
asyncio.run(main())
