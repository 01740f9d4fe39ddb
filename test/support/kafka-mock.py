"""The broker that librdkafka brings along for tests: prints its address, then obeys one command a line and answers "done".

`make TOPIC PARTITIONS`, `down`, `up`. While it is down it keeps everything and answers nobody. Ends with its standard input.
Needs Debian's librdkafka1, which python3-confluent-kafka brings.
"""

import ctypes
import sys

rdkafka = ctypes.CDLL("librdkafka.so.1")
pointer, text, number = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int


def function(name, answers, *takes):
    found = getattr(rdkafka, f"rd_kafka_{name}")
    found.restype, found.argtypes = answers, list(takes)
    return found


conf_new = function("conf_new", pointer)
conf_set = function("conf_set", number, pointer, text, text, text, ctypes.c_size_t)
new = function("new", pointer, number, pointer, text, ctypes.c_size_t)
cluster_new = function("mock_cluster_new", pointer, pointer, number)
bootstraps = function("mock_cluster_bootstraps", text, pointer)
topic_create = function("mock_topic_create", number, pointer, text, number, number)
set_down = function("mock_broker_set_down", number, pointer, ctypes.c_int32)
set_up = function("mock_broker_set_up", number, pointer, ctypes.c_int32)

why = ctypes.create_string_buffer(512)
conf = conf_new()
conf_set(conf, b"log_level", b"0", why, 512)
cluster = cluster_new(new(0, conf, why, 512), 1)
commands = {
    "make": lambda topic, partitions: topic_create(cluster, topic.encode(), int(partitions), 1),
    "down": lambda: set_down(cluster, 1),
    "up": lambda: set_up(cluster, 1),
}

print(bootstraps(cluster).decode(), flush=True)
for line in sys.stdin:
    command, *rest = line.split()
    commands[command](*rest)
    print("done", flush=True)
