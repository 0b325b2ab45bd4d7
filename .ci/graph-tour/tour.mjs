// Walks the tenant with Microsoft's libraries for Node.
// Usage: node tour.mjs https | relay; the variables of `serve --env-file` say where the tenant is.
import assert from "node:assert";
import { ClientSecretCredential } from "@azure/identity";
import { ConfidentialClientApplication, PublicClientApplication } from "@azure/msal-node";
import { Client } from "@microsoft/microsoft-graph-client";
import { TokenCredentialAuthenticationProvider } from "@microsoft/microsoft-graph-client/authProviders/azureTokenCredentials/index.js";

const mode = process.argv[2];
const { AZURE_TENANT_ID: tenant, AZURE_CLIENT_ID: clientId, AZURE_CLIENT_SECRET: clientSecret } = process.env;
const base = process.env.GRAPH_HTTPS_URL.replace(/\/v1\.0$/, "");
const scopes = ["https://graph.microsoft.com/.default"];

function graph() {
  const options = { authorityHost: base, disableInstanceDiscovery: true };
  const credential = new ClientSecretCredential(tenant, clientId, clientSecret, options);
  const authProvider = new TokenCredentialAuthenticationProvider(credential, { scopes });
  return Client.initWithMiddleware({ authProvider, baseUrl: `${base}/`, customHosts: new Set(["127.0.0.1"]) });
}

async function until(what, wanted) {
  let value;
  for (let nth = 0; nth < 600; nth++) {
    value = await what();
    if (wanted(value)) return value;
    await new Promise((go) => setTimeout(go, 200));
  }
  throw new Error(`it never came to that: ${JSON.stringify(value)}`);
}

async function people(client) {
  const found = [];
  let page = await client.api("/users").top(10).select("id,displayName").get();
  for (;;) {
    found.push(...page.value);
    if (!page["@odata.nextLink"]) return found;
    page = await client.api(page["@odata.nextLink"]).get();
  }
}

async function walk() {
  const client = graph();
  const everyone = await people(client);
  const bo = everyone.find((one) => one.displayName !== "Ann Okafor" && one.displayName !== "Ines Falk");
  await assert.rejects(client.api("/users/0f0f0f0f-0000-4000-8000-000000000000").get(), { statusCode: 404, code: "Request_ResourceNotFound" });
  const apps = await client.api("/servicePrincipals").filter("displayName eq 'GoLinks'").get();
  const app = apps.value[0];
  const role = app.appRoles?.find((one) => one.displayName === "User")?.id ?? "00000000-0000-0000-0000-000000000000";
  await client.api(`/servicePrincipals/${app.id}/appRoleAssignedTo`).post({ principalId: bo.id, resourceId: app.id, appRoleId: role });
  const jobs = await client.api(`/servicePrincipals/${app.id}/synchronization/jobs`).get();
  const job = `/servicePrincipals/${app.id}/synchronization/jobs/${jobs.value[0].id}`;
  await client.api(`${job}/start`).post({});
  const rows = () => client.api("/auditLogs/provisioning").filter(`sourceIdentity/id eq '${bo.id}'`).get();
  await until(rows, (page) => page.value.some((row) => row.provisioningAction === "create"));
  await client.api(`/users/${bo.id}`).patch({ accountEnabled: false });
  await until(rows, (page) => page.value.some((row) => row.provisioningAction === "disable"));
  const status = (await client.api(job).get()).status;
  assert.equal(status.code, "Active");
  await client.api(`${job}/pause`).post({});
  console.log(`node ${mode}: users, assigned, created, disabled, paused`);
}

async function signIn() {
  const auth = { clientId, clientSecret, authority: `${base}/${tenant}`, knownAuthorities: [new URL(base).host] };
  const got = await new ConfidentialClientApplication({ auth }).acquireTokenByClientCredential({ scopes });
  assert.ok(got.accessToken);
  const open = new PublicClientApplication({ auth: { ...auth, clientSecret: undefined, clientId: "14d82eec-204b-4c2f-b7e8-296a70dab67e" } });
  const device = await open.acquireTokenByDeviceCode({
    scopes: ["User.Read"],
    deviceCodeCallback: async ({ verificationUri, userCode }) => {
      const body = new URLSearchParams({ user_code: userCode, user: "ann.okafor@contoso.example" });
      assert.equal((await fetch(verificationUri, { method: "POST", body })).status, 200);
    },
  });
  assert.equal(device.account.username, "ann.okafor@contoso.example");
  console.log("node: signed in by msal-node, in the own name and on a device");
}

// With the vendor's host names, which the relay leads to the tenant: nothing is configured.
async function byRelay() {
  const credential = new ClientSecretCredential(tenant, clientId, clientSecret);
  const { token } = await credential.getToken(scopes);
  assert.ok((await fetch(`${base}/v1.0/users`, { headers: { authorization: `Bearer ${token}` } })).ok);
  console.log("node: signed in at login.microsoftonline.com, by the relay");
}

if (mode === "relay") {
  await byRelay();
} else {
  await signIn();
  await walk();
}
