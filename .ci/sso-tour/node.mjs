// What service providers for Node say of the Responses that responses.py left, and whether their own requests are read.
// Usage: node.mjs FOLDER
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(`${process.cwd()}/`);
const { SAML, ValidateInResponseTo } = require("@node-saml/node-saml");
const samlify = require("samlify");

samlify.setSchemaValidator({ validate: async () => "no schema is looked at" });
const folder = process.argv[2];
const left = JSON.parse(readFileSync(`${folder}/responses.json`, "utf8"));
const ACS = "http://localhost:5000/acs";
const LATER = 2 * 3600 * 1000;

function check(what, good, more = "") {
  if (!good) {
    console.error(`FAILED: ${what} ${more}`);
    process.exit(1);
  }
  console.log(`  ${what}`);
}

const nodeSaml = (option, more = {}) => new SAML({
  callbackUrl: ACS,
  issuer: `https://sp.example/${option}`,
  audience: `https://sp.example/${option}`,
  idpCert: left[option].certificate,
  entryPoint: left[option].url,
  wantAuthnResponseSigned: option !== "assertion",
  wantAssertionsSigned: option !== "response",
  validateInResponseTo: ValidateInResponseTo.never,
  ...more,
});

async function takes(saml, response) {
  try {
    return (await saml.validatePostResponseAsync({ SAMLResponse: response })).profile;
  } catch (error) {
    return error.message;
  }
}

function samlifyPair(option) {
  const idp = samlify.IdentityProvider({ metadata: left[option].metadata });
  const sp = samlify.ServiceProvider({
    entityID: `https://sp.example/${option}`,
    assertionConsumerService: [{ Binding: "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST", Location: ACS }],
    wantMessageSigned: option !== "assertion",
    wantAssertionsSigned: option !== "response",
  });
  return { idp, sp };
}

async function samlifyTakes(option, response) {
  const { idp, sp } = samlifyPair(option);
  try {
    return (await sp.parseLoginResponse(idp, "post", { body: { SAMLResponse: response } })).extract;
  } catch (error) {
    return String(error.message ?? error);
  }
}

/** Follows a request to the tenant's page of people. */
async function read(url) {
  const page = await (await fetch(url)).text();
  return page.includes('name="user"');
}

const Real = Date;
/** Two hours from now. */
class Later extends Real {
  constructor(...parts) {
    if (parts.length) super(...parts);
    else super(Real.now() + LATER);
  }
  static now() {
    return Real.now() + LATER;
  }
}
for (const [option, { response, tampered }] of Object.entries(left)) {
  console.log(`signing option: ${option}`);
  const profile = await takes(nodeSaml(option), response);
  check("node-saml takes the Response", profile.nameID?.startsWith("ann."), profile);
  check("a changed letter is refused", typeof (await takes(nodeSaml(option), tampered)) === "string");
  check("a wrong audience too", typeof (await takes(nodeSaml(option, { audience: "https://other" }), response)) === "string");
  globalThis.Date = Later;
  const late = await takes(nodeSaml(option), response);
  const lateToo = await samlifyTakes(option, response);
  globalThis.Date = Real;
  check("and an old window", typeof late === "string", JSON.stringify(late));
  const url = await nodeSaml(option).getAuthorizeUrlAsync("state", undefined, {});
  check("node-saml's request is read", await read(url));

  const extract = await samlifyTakes(option, response);
  check("samlify takes the Response", extract.nameID?.startsWith("ann."), JSON.stringify(extract));
  check("a changed letter is refused", typeof (await samlifyTakes(option, tampered)) === "string");
  check("and an old window", typeof lateToo === "string", JSON.stringify(lateToo));
  const { idp, sp } = samlifyPair(option);
  check("samlify's request is read", await read(sp.createLoginRequest(idp, "redirect").context));
}
