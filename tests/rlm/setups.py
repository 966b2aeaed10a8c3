"""Set-up functions that run in the worker."""

import os


def greeting(namespace, host, arguments):
    namespace["greet"] = lambda name: host.call("greet", name=name, word=arguments["word"])
    namespace["restarts"] = host.restarts


def broken(*_):
    missing_name  # noqa: B018, F821


def pipes(namespace, host, _):
    given = host.descriptors.pop()
    os.write(given, b"hello from the worker")
    os.close(given)

    def fetch(word):
        value, (descriptor,) = host.call_with_descriptors("fetch", word=word)
        with os.fdopen(descriptor) as file:
            return value, file.read()

    namespace["fetch"] = fetch


def endless(*_):
    while True:
        pass


def hand_over(namespace, host, _):
    namespace["host"] = host
