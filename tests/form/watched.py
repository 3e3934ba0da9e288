"""Runs the engine as app/confined.py does, under a watch that writes down every file and socket it asks for from the lock on."""

import json
import os
import runpy
import sys

asked = []


def watch(event, arguments):
    if event == "sys.addaudithook":  # the lock: what came before were the engine's own modules
        asked.clear()
    elif event == "open" and isinstance(arguments[0], str | bytes):
        asked.append(os.path.realpath(os.fsdecode(arguments[0])))
    elif event.startswith(("socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.fork")):
        asked.append(event)


confined, job = sys.argv[1:3]
sys.argv = [confined, job]
sys.addaudithook(watch)
try:
    runpy.run_path(confined, run_name="__main__")
finally:
    print("ASKED" + json.dumps(asked), file=sys.stderr)
