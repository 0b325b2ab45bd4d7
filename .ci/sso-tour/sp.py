"""A small service provider of python3-saml, for a browser. Usage: sp.py PORT-FILE METADATA-URL-FILE

Its own page signs in at /login; what comes to /acs is judged strictly.
"""

import html
import sys
import urllib.request
from urllib.parse import parse_qsl
from wsgiref.simple_server import WSGIRequestHandler, make_server

from onelogin.saml2.auth import OneLogin_Saml2_Auth
from onelogin.saml2.idp_metadata_parser import OneLogin_Saml2_IdPMetadataParser

PORT_FILE, METADATA_FILE = sys.argv[1:]
seen = {}


def auth(environ, form):
    host = environ["HTTP_HOST"]
    url = open(METADATA_FILE).read().strip()
    read = OneLogin_Saml2_IdPMetadataParser.parse(urllib.request.urlopen(url, timeout=20).read())
    own = {"strict": True, "security": {"wantAssertionsSigned": True}, "sp": {
        "entityId": "https://sp.example/assertion", "assertionConsumerService": {"url": f"http://{host}/acs"}}}
    web = {"https": "off", "http_host": host, "script_name": environ["PATH_INFO"], "get_data": {}, "post_data": form}
    return OneLogin_Saml2_Auth(web, old_settings=OneLogin_Saml2_IdPMetadataParser.merge_settings(own, read))


def app(environ, start):
    path, form = environ["PATH_INFO"], {}
    if environ["REQUEST_METHOD"] == "POST":
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        form = dict(parse_qsl(body.decode()))
    if path == "/login":
        session = auth(environ, form)
        url = session.login(return_to="/deep")
        seen["request"] = session.get_last_request_id()
        start("302 Found", [("Location", url)])
        return [b""]
    if path == "/acs":
        session = auth(environ, form)
        session.process_response(request_id=seen.pop("request", None))
        errors = session.get_errors()
        text = f"refused: {errors} {session.get_last_error_reason()}" if errors else f"welcome {session.get_nameid()} to {form.get('RelayState')}"
        start("200 OK", [("Content-Type", "text/html; charset=utf-8")])
        return [f"<title>service provider</title><p id=said>{html.escape(text)}</p>".encode()]
    start("200 OK", [("Content-Type", "text/html; charset=utf-8")])
    return [b"<title>service provider</title><a id=login href=/login>Sign in</a>"]


class Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        pass


server = make_server("127.0.0.1", 0, app, handler_class=Quiet)
with open(PORT_FILE, "w") as file:
    file.write(str(server.server_port))
server.serve_forever()
