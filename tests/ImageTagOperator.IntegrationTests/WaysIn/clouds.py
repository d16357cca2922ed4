"""What python-openstackclient and openstacksdk make of every cloud of a clouds.yaml, as JSON.

clouds.py FILE          {cloud: {"cli": token, "sdk": token}}: how they log in; what is refused is {"error": "..."}
clouds.py FILE read     {cloud: {"auth_url": ..., "region": ..., "domain": ...}}: how openstacksdk reads it

The command itself is run in this process: starting one for each cloud would take a second or two each.
"""
import contextlib, io, json, multiprocessing, os, sys, warnings

path = os.environ['OS_CLIENT_CONFIG_FILE'] = sys.argv[1]
warnings.simplefilter('ignore')

import yaml
from openstack.config import OpenStackConfig
from openstackclient.shell import OpenStackShell


def command(cloud):
    out, err = io.StringIO(), io.StringIO()
    sys.stdin = io.StringIO('')  # a question for a password finds no answer
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = OpenStackShell().run(['--os-cloud', cloud, 'token', 'issue', '-f', 'json'])
    return json.loads(out.getvalue())['id'] if code == 0 else {'error': err.getvalue().strip()}


def sdk(cloud):
    return OpenStackConfig(config_files=[path], load_envvars=False).get_one(cloud).get_session().get_token()


def read(cloud):
    region = OpenStackConfig(config_files=[path], load_envvars=False).get_one(cloud, validate=False)
    return {'auth_url': region.auth['auth_url'], 'region': region.region_name, 'domain': region.auth.get('project_domain_name')}


def attempt(login, cloud):
    try:
        return login(cloud)
    except BaseException as e:  # SystemExit as well, which is how the command refuses some things
        return {'error': repr(e)}


def both(cloud):
    return {'cli': attempt(command, cloud), 'sdk': attempt(sdk, cloud)}


with open(path) as file:
    clouds = list(yaml.safe_load(file)['clouds'])
with multiprocessing.Pool(4) as pool:  # most of the time they wait for Keystone
    json.dump(dict(zip(clouds, pool.map(read if sys.argv[2:] else both, clouds, 1))), sys.stdout)
