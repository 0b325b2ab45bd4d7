"""Responses of the tenant, as service providers by others take and refuse them.

Usage: responses.py TENANT-URL FOLDER. Requests are python3-saml's own; what is accepted and refused here is left in FOLDER for the
libraries for Node.
"""

import base64
import datetime
import json
import logging
import re
import subprocess
import sys
import time
from urllib.parse import parse_qs, urlparse
from unittest import mock

import saml2.response
import saml2.validate
from onelogin.saml2.auth import OneLogin_Saml2_Auth
from onelogin.saml2.idp_metadata_parser import OneLogin_Saml2_IdPMetadataParser
from onelogin.saml2.response import OneLogin_Saml2_Response
from onelogin.saml2.settings import OneLogin_Saml2_Settings
from onelogin.saml2.utils import OneLogin_Saml2_Utils
from saml2 import BINDING_HTTP_POST, BINDING_HTTP_REDIRECT
from saml2.client import Saml2Client
from saml2.config import Config

import client

TENANT, FOLDER = sys.argv[1:]
ACS = "http://localhost:5000/acs"
WEB = {"https": "off", "http_host": "localhost:5000", "script_name": "/acs", "get_data": {}, "post_data": {}}
LATER = 2 * 3600
logging.disable(logging.CRITICAL)


def metadata(app_id):
    return client.Browser().get(f"{TENANT}/FederationMetadata/2007-06/FederationMetadata.xml?appid={app_id}")


def settings(option, text):
    read = OneLogin_Saml2_IdPMetadataParser.parse(text)
    own = {
        "strict": True,
        "sp": {"entityId": f"https://sp.example/{option}", "assertionConsumerService": {"url": ACS}},
        "security": {
            "wantAssertionsSigned": option != "response",
            "wantMessagesSigned": option != "assertion",
            "requestedAuthnContext": True,
            "rejectUnsolicitedResponsesWithInResponseTo": True,
        },
    }
    return OneLogin_Saml2_IdPMetadataParser.merge_settings(own, read)


def strict(setup, response, request_id, web=WEB):
    """What python3-saml says: nothing, or why not."""
    read = OneLogin_Saml2_Response(OneLogin_Saml2_Settings(setup, sp_validation_only=True), response)
    good = read.is_valid(web, request_id=request_id)
    return (read, None) if good else (None, read.get_error())


def pysaml(option, text, acs=ACS, entity=None):
    config = Config()
    config.load({
        "entityid": entity or f"https://sp.example/{option}",
        "metadata": {"inline": [text]},
        "service": {"sp": {
            "endpoints": {"assertion_consumer_service": [(acs, BINDING_HTTP_POST)]},
            "want_assertions_signed": option != "response",
            "want_response_signed": option != "assertion",
            "allow_unsolicited": False,
        }},
        "allow_unknown_attributes": True,
        "xmlsec_binary": "/usr/bin/xmlsec1",
    })
    return Saml2Client(config=config)


def takes(service, response, request_id):
    try:
        read = service.parse_authn_request_response(response, BINDING_HTTP_POST, outstanding={request_id: "/"})
        return read.name_id.text.startswith("ann.")
    except Exception:  # It has no common kind; a wrong address shows as an answer without a name.
        return False


def xmlsec(response, certificate):
    with open(f"{FOLDER}/response.xml", "wb") as file:
        file.write(base64.b64decode(response))
    with open(f"{FOLDER}/idp.pem", "w") as file:
        file.write(f"-----BEGIN CERTIFICATE-----\n{certificate}\n-----END CERTIFICATE-----\n")
    saml = "urn:oasis:names:tc:SAML:2.0"
    ids = ["--id-attr:ID", f"{saml}:assertion:Assertion", "--id-attr:ID", f"{saml}:protocol:Response"]
    command = ["xmlsec1", "--verify", "--trusted-pem", f"{FOLDER}/idp.pem", *ids, f"{FOLDER}/response.xml"]
    return subprocess.run(command, capture_output=True).returncode == 0


def changed(response, change):
    return base64.b64encode(change(base64.b64decode(response))).decode()


def check(what, good, more=""):
    if not good:
        sys.exit(f"FAILED: {what} {more}")
    print(f"  {what}")


def apps():
    """The client ids by the options for signing: My Apps of Ann has them."""
    browser = client.Browser()
    root = TENANT.rsplit("/", 1)[0]
    page = client.sign_in(browser, f"{root}/myapps", "ann")
    found = re.findall(r'href="/api/signin/([^"]*)"><b>([^<]*)</b>', page)
    names = {"GoLinks": "assertion", "GoLinks (response)": "response", "GoLinks (both)": "both"}
    return {names[name]: app_id for app_id, name in found}


def main():
    left = {}
    for option, app_id in apps().items():
        print(f"signing option: {option}")
        text = metadata(app_id)
        setup = settings(option, text)
        auth = OneLogin_Saml2_Auth(WEB, old_settings=setup)
        url = auth.login(return_to="http://localhost:5000/deep?a=b&c=d")
        page = client.sign_in(client.Browser(), url, "ann")
        form = client.fields(page)
        check("python3-saml's request is read, and RelayState comes back", form.get("RelayState") == "http://localhost:5000/deep?a=b&c=d")
        check("the form leads to the reply URL", client.action(page) == ACS)
        response, request_id = form["SAMLResponse"], auth.get_last_request_id()

        read, error = strict(setup, response, request_id)
        check("python3-saml takes the Response", read, error)
        check("the name is Ann's", read.get_nameid().startswith("ann."), read.get_nameid())
        display = read.get_attributes()["http://schemas.microsoft.com/identity/claims/displayname"]
        check("claims come through", display == ["Ann Ökafor & Sons"], display)
        own = pysaml(option, text)
        check("pysaml2 takes it", takes(own, response, request_id))
        certificate = re.search("<X509Certificate>([^<]*)<", text).group(1)
        certificate = "\n".join(re.findall(".{1,64}", certificate))
        check("xmlsec1 takes it", xmlsec(response, certificate))

        tampered = changed(response, lambda xml: xml.replace(b">ann.", b">bob."))
        check("a changed letter is refused by all three", not any([
            strict(setup, tampered, request_id)[0], takes(own, tampered, request_id), xmlsec(tampered, certificate)]))
        then = OneLogin_Saml2_Utils.now() + LATER
        with mock.patch.object(OneLogin_Saml2_Utils, "now", lambda: then):
            check("an old window is refused by python3-saml", strict(setup, response, request_id)[0] is None)
        soon = time.gmtime(time.time() + LATER)
        with mock.patch("saml2.validate.time_util.utc_now", lambda: int(time.time()) + LATER), \
                mock.patch("saml2.validate.time_util.shift_time", lambda dtime, shift: dtime + datetime.timedelta(seconds=shift)), \
                mock.patch("saml2.time_util.gmtime", lambda *_: soon, create=True):
            check("and by pysaml2", not takes(pysaml(option, text), response, request_id))
        other = json.loads(json.dumps(setup))
        other["sp"]["entityId"] = "https://other.example"
        check("a wrong audience is refused by python3-saml", strict(other, response, request_id)[0] is None)
        check("a wrong recipient too", strict(setup, response, request_id, {**WEB, "script_name": "/other"})[0] is None)
        check("and another request", strict(setup, response, "_other")[0] is None)
        check("a wrong audience is refused by pysaml2", not takes(pysaml(option, text, entity="https://other.example"), response, request_id))
        check("a wrong recipient too", not takes(pysaml(option, text, "http://localhost:5000/other"), response, request_id))

        made = Saml2Client.prepare_for_authenticate(own, binding=BINDING_HTTP_REDIRECT)
        url = dict(made[1]["headers"])["Location"]
        page = client.sign_in(client.Browser(), url, "ann")
        check("pysaml2's request is read and answered", takes(own, client.fields(page)["SAMLResponse"], made[0]))
        left[option] = {
            "appId": app_id, "metadata": text, "certificate": certificate.replace("\n", ""), "response": response,
            "tampered": tampered, "requestId": request_id, "url": f"{TENANT}/saml2",
        }
    refusals()
    with open(f"{FOLDER}/responses.json", "w") as file:
        json.dump(left, file)


def refusals():
    print("refusals")
    browser = client.Browser()
    text = metadata(next(iter(apps().values())))
    setup = settings("assertion", text)

    def url(change):
        auth = OneLogin_Saml2_Auth(WEB, old_settings=change(json.loads(json.dumps(setup))))
        return auth.login()

    def other(setup):
        setup["sp"]["entityId"] = "https://unknown.example"
        return setup

    def evil(setup):
        setup["sp"]["assertionConsumerService"]["url"] = "http://evil.example/acs"
        return setup

    good = url(lambda it: it)
    check("no request: 750054", client.refusal(browser.get(f"{TENANT}/saml2")) == 750054)
    check("no deflated text: 75005", client.refusal(browser.get(f"{TENANT}/saml2?SAMLRequest=AAAA")) == 75005)
    check("an unknown identifier: 700016", client.refusal(browser.get(url(other))) == 700016)
    check("a reply URL that is not registered: 50011", client.refusal(browser.get(url(evil))) == 50011)
    check("not assigned: 50105", client.refusal(client.sign_in(client.Browser(), good, "bob")) == 50105)
    query = parse_qs(urlparse(good).query)
    check("the request of the page is the application's", "SAMLRequest" in query)


main()
