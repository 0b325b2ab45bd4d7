"""A browser without a screen: follows redirects, finds forms, posts them. Standard library alone."""

import html
import http.cookiejar
import re
import urllib.parse
import urllib.request


class Browser:
    def __init__(self):
        jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))

    def get(self, url):
        return self.opener.open(url, timeout=20).read().decode()

    def post(self, url, fields):
        data = urllib.parse.urlencode(fields).encode()
        return self.opener.open(url, data, timeout=20).read().decode()


def fields(page):
    """The hidden fields of a page's form."""
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', page)
    return {html.unescape(name): html.unescape(value) for name, value in found}


def action(page):
    return html.unescape(re.search(r'<form method="post" action="([^"]*)"', page).group(1))


def people(page):
    """The people whom a page lists: sign-in name to the value of the button."""
    found = re.findall(r'name="user" value="([^"]*)">[^<]*<small>([^<·]*)', page)
    return {name.strip(): value for value, name in found}


def refusal(page):
    found = re.search(r"AADSTS(\d+)", page)
    return int(found.group(1)) if found else None


def sign_in(browser, url, user, page=None):
    """Signs a user in at an address of the tenant; returns the page with the Response."""
    page = page or browser.get(url)
    names = people(page)
    chosen = next(value for name, value in names.items() if name.startswith(user))
    return browser.post(url, {**fields(page), "people": "", "user": chosen})
