// A SCIM server of scimmy-routers with a Map as its store.
import express from "express";
import SCIMMY from "scimmy";
import SCIMMYRouters from "scimmy-routers";

SCIMMY.Resources.declare(SCIMMY.Resources.User.extend(SCIMMY.Schemas.EnterpriseUser, false));

const stores = {};
for (const [name, Resource] of [["users", SCIMMY.Resources.User], ["groups", SCIMMY.Resources.Group]]) {
    const store = stores[name] = new Map();
    let next = 1;
    const unique = name === "users" ? "userName" : "displayName";
    SCIMMY.Resources.declare(Resource).ingress((resource, data) => {
        const id = resource.id ?? String(next++);
        if (resource.id && !store.has(id)) throw new SCIMMY.Types.Error(404, null, `no such resource ${id}`);
        for (const other of store.values()) {
            if (other.id !== id && other[unique]?.toLowerCase() === data[unique]?.toLowerCase())
                throw new SCIMMY.Types.Error(409, "uniqueness", `${unique} is taken`);
        }
        const now = new Date().toISOString();
        const kept = {...JSON.parse(JSON.stringify(data)), id, meta: {created: store.get(id)?.meta.created ?? now, lastModified: now}};
        store.set(id, kept);
        return kept;
    }).egress((resource) => {
        if (!resource.id) return resource.filter ? resource.filter.match([...store.values()]) : [...store.values()];
        if (!store.has(resource.id)) throw new SCIMMY.Types.Error(404, null, `no such resource ${resource.id}`);
        return store.get(resource.id);
    }).degress((resource) => {
        if (!store.delete(resource.id)) throw new SCIMMY.Types.Error(404, null, `no such resource ${resource.id}`);
    });
}

const app = express();
app.use("/scim", new SCIMMYRouters({type: "bearer", handler: (request) => {
    if (request.header("Authorization") !== "Bearer t") throw new Error("not authorized");
    return "scimulator";
}}));
app.listen(Number(process.argv[2]), "127.0.0.1");
