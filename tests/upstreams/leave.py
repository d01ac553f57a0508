"""A caller that asks for something over HTTP and leaves: leave.py PORT PATH AUTHORIZATION how-it-leaves.

Once it reads a line it is gone: it `resets` its connection, or `closes` it, and then the kernel forgets it after a second.
"""

import socket
import struct
import sys

port, path, authorization, leaves = sys.argv[1:]
caller = socket.create_connection(("127.0.0.1", int(port)))
if leaves == "closes":
    caller.setsockopt(socket.IPPROTO_TCP, socket.TCP_LINGER2, 1)
else:
    caller.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
head = f"GET {path} HTTP/1.1\r\nhost: localhost\r\nauthorization: {authorization}\r\n\r\n"
caller.sendall(head.encode())
sys.stdin.readline()
caller.setblocking(False)
try:
    # A connection that is closed with something unread would be reset.
    while caller.recv(4096):
        pass
except BlockingIOError:
    pass
caller.close()
