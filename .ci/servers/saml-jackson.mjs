// A SCIM server of @boxyhq/saml-jackson's directory sync, in memory. Usage: saml-jackson.mjs PORT
import http from "node:http";
import jackson from "@boxyhq/saml-jackson";

const port = Number(process.argv[2]);
const { directorySyncController } = await (jackson.default ?? jackson)({
    externalUrl: `http://127.0.0.1:${port}`, samlAudience: "x", samlPath: "/x", db: { engine: "mem" }, noAnalytics: true,
});
const created = await directorySyncController.directories.create({ tenant: "t", product: "p", type: "azure-scim-v2" });
const { id: directoryId, scim: { secret } } = created.data;

http.createServer(async (request, response) => {
    const url = new URL(request.url, "http://localhost");
    const send = (status, data) => {
        response.writeHead(status, { "Content-Type": "application/scim+json" });
        response.end(data === undefined || data === null ? "" : JSON.stringify(data));
    };
    let text = "";
    for await (const piece of request) text += piece;
    const [scim, resourceType, resourceId] = url.pathname.split("/").filter(Boolean).map(decodeURIComponent);
    const token = request.headers.authorization?.replace(/^Bearer /, "");
    if (token !== "t") return send(401, { schemas: ["urn:ietf:params:scim:api:messages:2.0:Error"], status: "401" });
    if (scim !== "scim" || !["Users", "Groups"].includes(resourceType)) return send(404, {});
    const filter = url.searchParams.get("filter") ?? undefined;
    try {
        const answer = await directorySyncController.requests.handle({
            method: request.method, directoryId, apiSecret: secret, resourceType: resourceType.toLowerCase(), resourceId,
            body: text ? JSON.parse(text) : undefined,
            query: {
                filter,
                count: url.searchParams.has("count") ? Number(url.searchParams.get("count")) : undefined,
                startIndex: url.searchParams.has("startIndex") ? Number(url.searchParams.get("startIndex")) : undefined,
            },
        });
        send(answer.status, answer.data);
    } catch (error) {
        send(error.statusCode ?? 500, { detail: String(error.message ?? error) });
    }
}).listen(port, "127.0.0.1");
