"""A person's browser: real Chromium without a screen, which signs in on the bank's pages and consents.

Usage: chromium.py URL [--as CUSTOMER] [--deny] [--warned], also as `$BROWSER`. Ends with 0 when the app's own page says that all is well.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from contextlib import contextmanager
from typing import TYPE_CHECKING

from selenium import webdriver
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.support import expected_conditions
from selenium.webdriver.support.wait import WebDriverWait

if TYPE_CHECKING:
    from collections.abc import Iterator

    from selenium.webdriver.remote.webdriver import WebDriver

DEADLINE = 60
#: Quiet, and alone with this computer.
FLAGS = (
    "--headless=new",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
    "--disable-domain-reliability",
    "--disable-extensions",
    "--disable-gpu",
    "--disable-sync",
    "--metrics-recording-only",
    "--no-default-browser-check",
    "--no-first-run",
    "--no-proxy-server",
    "--password-store=basic",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost",
)


@contextmanager
def chromium() -> Iterator[WebDriver]:
    """Start Debian's Chromium with a new profile, and end it with everything it wrote."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        try:
            driver = _start(profile)
        except WebDriverException:
            # As root, and in containers, it starts only without the sandbox around its own processes.
            driver = _start(profile, "--no-sandbox")
        try:
            yield driver
        finally:
            driver.quit()


def _start(profile: str, *more: str) -> WebDriver:
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or "chromium"
    for flag in (*FLAGS, *more, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    service = webdriver.ChromeService(shutil.which("chromedriver") or "chromedriver")
    return webdriver.Chrome(options, service)


def sign_in(driver: WebDriver, url: str, customer: str, *, deny: bool, warned: bool = False) -> str:
    """Go through the login and the consent page as a person does; return the title of the page that ends it.

    Who is `warned` of a certificate there goes on as the warning's own page offers it.
    """
    wait = WebDriverWait(driver, DEADLINE)
    driver.get(url)
    for button in (f"sign-in-{customer}", "decline" if deny else "allow"):
        wait.until(expected_conditions.element_to_be_clickable((By.ID, button))).click()
    if warned:
        for link in ("details-button", "proceed-link"):
            wait.until(expected_conditions.element_to_be_clickable((By.ID, link))).click()
    wait.until(lambda d: d.current_url.partition("?")[0].endswith("/done"))
    wait.until(lambda d: d.execute_script("return document.readyState") == "complete")
    return str(driver.title)


def main() -> int:
    """Sign in and say how it ended."""
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("--as", dest="customer", default="household")
    parser.add_argument("--deny", action="store_true")
    parser.add_argument("--warned", action="store_true")
    arguments = parser.parse_args()
    with chromium() as driver:
        told = {"deny": arguments.deny, "warned": arguments.warned}
        print(sign_in(driver, arguments.url, arguments.customer, **told))
    return 0


if __name__ == "__main__":
    sys.exit(main())
