"""OpenStack Swift in one process: an account, a container and an object server on one device, and the proxy before them.

    swift-server.py FOLDER PORT PORT PORT PORT      account, container, object, proxy; on 127.0.0.1

FOLDER has swift.conf, account.conf, container.conf, object.conf and proxy.conf.
"""

import eventlet

eventlet.monkey_patch()

import os
import sys

from eventlet import wsgi
from paste.deploy import loadapp
from swift.common import constraints, storage_policy, utils
from swift.common.ring import RingBuilder
from swift.common.wsgi import SwiftHttpProtocol

KINDS = ('account', 'container', 'object', 'proxy')


def write_ring(folder, kind, port):
    """Says where the only server of a kind is."""
    builder = RingBuilder(part_power=4, replicas=1, min_part_hours=0)
    builder.add_dev({'id': 0, 'region': 1, 'zone': 1, 'weight': 1, 'ip': '127.0.0.1', 'port': port, 'device': 'disk'})
    builder.rebalance()
    builder.get_ring().save(os.path.join(folder, kind + '.ring.gz'))


def serve(folder, kind, port):
    """Starts a server as swift.common.wsgi does, but in this process."""
    app = loadapp('config:' + os.path.join(folder, kind + '.conf'), global_conf={'log_name': kind})
    socket = eventlet.listen(('127.0.0.1', port), backlog=128)
    log = open(os.devnull, 'w')
    return eventlet.spawn(
        wsgi.server, socket, app, log, protocol=SwiftHttpProtocol, capitalize_response_headers=False
    )


def main(folder, *ports):
    # The one place that Swift does not take from its settings.
    utils.SWIFT_CONF_FILE = os.path.join(folder, 'swift.conf')
    utils.validate_hash_conf()
    constraints.reload_constraints()
    storage_policy.reload_storage_policies()
    servers = [(kind, int(port)) for kind, port in zip(KINDS, ports)]
    for kind, port in servers[:-1]:
        write_ring(folder, kind, port)
    for thread in [serve(folder, kind, port) for kind, port in servers]:
        thread.wait()


main(*sys.argv[1:])
