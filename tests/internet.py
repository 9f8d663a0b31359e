"""A small Internet on this machine: name server, web sites with certificates, and a registry with RDAP."""

import http.server
import json
import socketserver
import threading

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset
from dns.exception import DNSException

from tests.post.channels import certificates


class NameServer:
    """Answers from `records`: {(name, type): [values]}; with `is_silent` it answers nobody."""

    def __init__(self):
        self.records: dict[tuple[str, str], list[str]] = {}
        self.asked: list[tuple[str, str]] = []
        self.is_silent = False
        outer = self

        class Door(socketserver.BaseRequestHandler):
            def handle(self):
                data, line = self.request
                if not outer.is_silent:
                    line.sendto(outer.answer(data), self.client_address)

        self._server = socketserver.ThreadingUDPServer(("127.0.0.1", 0), Door)
        self._server.daemon_threads = True
        self.place = f"127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()

    def answer(self, data):
        try:
            question = dns.message.from_wire(data)
        except DNSException:
            return b""
        asked = question.question[0]
        name, kind = asked.name.to_text(omit_final_dot=True).lower(), dns.rdatatype.to_text(asked.rdtype)
        self.asked.append((name, kind))
        reply = dns.message.make_response(question)
        reply.flags |= dns.flags.AA | dns.flags.RA
        values = self.records.get((name, kind))
        if values:
            reply.answer.append(dns.rrset.from_text(asked.name, 60, "IN", kind, *values))
        elif name not in {known for known, _ in self.records}:
            reply.set_rcode(dns.rcode.NXDOMAIN)
        return reply.to_wire()

    def texts(self, name, *values):
        self.records[name, "TXT"] = [json.dumps(value) for value in values]

    def stop(self):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class Site:
    """Serves `pages`: {(host, path): (status, headers, body)}, by TLS where it has a context."""

    def __init__(self, context=None):
        self.pages: dict[tuple[str, str], tuple[int, dict[str, str], bytes]] = {}
        self.asked: list[tuple[str, str]] = []
        outer = self

        class Door(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                host = self.headers["host"].partition(":")[0]
                outer.asked.append((host, self.path))
                status, headers, body = outer.pages.get((host, self.path), (404, {}, b"nothing"))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *words):
                return

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):
                return

        self._server = Server(("127.0.0.1", 0), Door)
        if context:
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()

    def put(self, host, path, body=b"", *, status=200, **headers):
        self.pages[host, path] = (status, headers, body if isinstance(body, bytes) else body.encode())

    def stop(self):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class Internet:
    """All of it; hosts live on 127.0.0.1."""

    HOSTS = ("haven.example", "www.haven.example", "linde.example", "elders.example")

    def __init__(self, folder):
        context, self.trusted = certificates.make(folder, self.HOSTS)
        self.names, self.web, self.registry = NameServer(), Site(context), Site()
        for host in self.HOSTS:
            self.names.records[host, "A"] = ["127.0.0.1"]
        self.registry_url = f"http://127.0.0.1:{self.registry.port}"
        self.bootstrap("ipv4", [["192.0.2.0/24", "198.51.100.0/24"]])
        self.bootstrap("ipv6", [["2001:db8::/32"]])
        self.bootstrap("asn", [["64496-64511"]])
        self.bootstrap("dns", [["example"]])

    def bootstrap(self, name, services):
        body = {"version": "1.0", "services": [[texts, [f"{self.registry_url}/rdap"]] for texts in services]}
        self.registry.put("127.0.0.1", f"/boot/{name}.json", json.dumps(body))

    def knows(self, path, **given):
        """What the registry says of a thing."""
        self.registry.put("127.0.0.1", f"/rdap/{path}", json.dumps(given))

    def stop(self):
        for one in (self.names, self.web, self.registry):
            one.stop()


def entity(*roles, mail=None, entities=()):
    """Somebody in a registry's answer, as a jCard."""
    card = ["vcard", [["version", {}, "text", "4.0"], ["fn", {}, "text", "Meldkamer"]]]
    if mail:
        card[1].append(["email", {}, "text", mail])
    return {"objectClassName": "entity", "roles": list(roles), "vcardArray": card, "entities": list(entities)}


def network(handle, first, last, *entities):
    return {
        "objectClassName": "ip network", "handle": handle, "startAddress": first, "endAddress": last,
        "entities": list(entities),
    }  # fmt: skip
