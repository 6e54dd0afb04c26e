"""Kinesis for tests: moto, told to check signatures and policies as AWS does.

Usage: kinesis_server.py PORT FOLDER

FOLDER holds server.crt and server.key. Once all is set up, keys.json is there as well: access key
and secret key of each user. In eu-central-1 are two streams: quay, which is active, and new, which
is still being made.
"""

import json
import sys
from pathlib import Path

from moto import settings
from moto.core import DEFAULT_ACCOUNT_ID
from moto.iam.models import iam_backends
from moto.kinesis.models import kinesis_backends
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

REGION = "eu-central-1"
# What each user may do. moto calls CloudWatch "monitoring", as its signatures do.
USERS = {
    "quay": ["kinesis:*", "cloudwatch:*", "monitoring:*"],
    "writer": ["kinesis:PutRecord", "cloudwatch:PutMetricData"],
}

port, folder = int(sys.argv[1]), Path(sys.argv[2])

streams = kinesis_backends[DEFAULT_ACCOUNT_ID][REGION]
for name in ("quay", "new"):
    streams.create_stream(name, 2, None, None)
streams.streams["new"].status = "CREATING"

people = iam_backends[DEFAULT_ACCOUNT_ID]["aws"]
keys = {}
for name, actions in USERS.items():
    people.create_user(REGION, name)
    statement = {"Effect": "Allow", "Action": actions, "Resource": "*"}
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    people.put_user_policy(name, "lab", json.dumps(policy))
    key = people.create_access_key(name)
    keys[name] = [key.access_key_id, key.secret_access_key]
settings.INITIAL_NO_AUTH_ACTION_COUNT = 0

files = (str(folder / "server.crt"), str(folder / "server.key"))
app = DomainDispatcherApplication(create_backend_app)
server = make_server("127.0.0.1", port, app, threaded=True, ssl_context=files)
(folder / "keys.json").write_text(json.dumps(keys))
server.serve_forever()
