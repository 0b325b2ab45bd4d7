"""A real browser signs Ann in at the small service provider: from its own page, and from My Apps.

Usage: browser.py CHROMIUM TENANT-ROOT SP-ROOT FOLDER
"""

import json
import subprocess
import sys
import time
import urllib.request

import websocket

CHROMIUM, TENANT, SP, FOLDER = sys.argv[1:]
PATIENCE = 60


class Page:
    """A page over DevTools."""

    def __init__(self, socket):
        self.socket, self.last = socket, 0

    def call(self, method, **params):
        self.last += 1
        self.socket.send(json.dumps({"id": self.last, "method": method, "params": params}))
        while True:
            message = json.loads(self.socket.recv())
            if message.get("id") == self.last:
                return message.get("result", {})

    def read(self, script):
        result = self.call("Runtime.evaluate", expression=script, returnByValue=True)
        return result.get("result", {}).get("value")

    def until(self, what, script):
        """Waits for a state of the page."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if self.read(script):
                return
            time.sleep(0.05)
        shown = self.read("location.href + ' ' + document.body?.innerText")
        sys.exit(f"FAILED: {what}: {shown}")

    def open(self, url):
        self.call("Page.navigate", url=url)

    def click(self, selector, text):
        found = f"[...document.querySelectorAll({json.dumps(selector)})].find(it => it.innerText.includes({json.dumps(text)}))"
        self.until(f"there is no {text}", f"!!({found})")
        self.read(f"({found}).click()")

    def said(self, what, text):
        self.until(what, f"document.querySelector('#said')?.innerText.includes({json.dumps(text)})")
        print(f"  {what}")


def main():
    flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", f"--user-data-dir={FOLDER}/profile"]
    program = subprocess.Popen([CHROMIUM, *flags, "--remote-debugging-port=0", "--remote-allow-origins=*", "about:blank"],
                               stderr=subprocess.PIPE, text=True)
    try:
        address = next(line.split("listening on ")[1] for line in program.stderr if "listening on " in line).strip()
        root = "http://" + address.split("/")[2]
        pages = json.load(urllib.request.urlopen(f"{root}/json/list", timeout=20))
        target = next(it for it in pages if it["type"] == "page")
        page = Page(websocket.create_connection(target["webSocketDebuggerUrl"], timeout=PATIENCE, suppress_origin=True))

        print("a browser")
        page.open(SP)
        page.click("a", "Sign in")
        page.click("button", "ann.")
        page.said("signs in from the service provider's own page", "welcome ann.")
        page.said("and comes back to where it was", "/deep")
        page.open(f"{SP}/login")
        page.said("needs no second choice in the same session", "welcome ann.")
        page.open(f"{TENANT}/myapps")
        page.click("a", "GoLinks")
        page.said("signs in from My Apps", "welcome ann.")
    finally:
        program.terminate()
        program.wait()


main()
