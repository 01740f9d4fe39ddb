"""Confluent's Python clients against a registry: what one process produces over Kafka, another group consumes.

Argument: the registry's address. The broker is librdkafka's own mock. Prints one JSON object of what was seen.
Needs Debian's python3-confluent-kafka, python3-requests, python3-jsonschema and python3-protobuf.
"""

import json
import struct
import sys

from confluent_kafka import Consumer, Producer
from confluent_kafka.schema_registry import Schema, SchemaRegistryClient
from confluent_kafka.schema_registry.error import SchemaRegistryError
from confluent_kafka.schema_registry.json_schema import JSONDeserializer, JSONSerializer
from confluent_kafka.schema_registry.protobuf import ProtobufDeserializer, ProtobufSerializer
from confluent_kafka.serialization import MessageField, SerializationContext
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

registry = SchemaRegistryClient({"url": sys.argv[1]})
producer = Producer({"bootstrap.servers": "mock", "test.mock.num.brokers": 1})
broker = next(iter(producer.list_topics(timeout=10).brokers.values()))
address = f"{broker.host}:{broker.port}"


def context(topic):
    return SerializationContext(topic, MessageField.VALUE)


def through(topic, values, serialize, deserialize):
    for value in values:
        producer.produce(topic, serialize(value, context(topic)), key=b"k")
    producer.flush(10)
    consumer = Consumer({"bootstrap.servers": address, "group.id": topic, "auto.offset.reset": "earliest"})
    consumer.subscribe([topic])
    seen = []
    for _ in range(300):
        message = consumer.poll(0.1)
        if message is None:
            continue
        if message.error():
            raise RuntimeError(str(message.error()))
        seen.append(deserialize(message.value(), context(topic)))
        if len(seen) == len(values):
            break
    consumer.close()
    return seen


def json_schema(kind):
    return json.dumps(
        {
            "title": "Placed",
            "type": "object",
            "properties": {"id": {"type": kind}, "total": {"type": "integer"}},
            "required": ["id"],
            "additionalProperties": False,
        }
    )


def refusal(topic, schema, value):
    try:
        JSONSerializer(schema, registry)(value, context(topic))
        return None
    except SchemaRegistryError as error:
        return {"status": error.http_status_code, "code": error.error_code, "message": error.error_message}


def shipped():
    """The class of a message that protoc would have made, without protoc."""
    file = descriptor_pb2.FileDescriptorProto(name="shipped.proto", package="shop", syntax="proto3")
    message = file.message_type.add(name="Shipped")
    for number, (name, kind) in enumerate((("id", 9), ("parcels", 5)), start=1):
        message.field.add(name=name, number=number, type=kind, label=1)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.MessageFactory(pool).GetPrototype(pool.FindMessageTypeByName("shop.Shipped"))


avro = json.dumps({"type": "record", "name": "Paid", "fields": [{"name": "by", "type": "string"}]})


def write_avro(value, where):
    number = registry.register_schema(f"{where.topic}-value", Schema(avro, "AVRO"))
    text = value["by"].encode()
    return struct.pack(">bI", 0, number) + bytes([len(text) * 2]) + text


def read_avro(data, _):
    magic, number = struct.unpack(">bI", data[:5])
    assert magic == 0 and data[5] == 2 * len(data[6:])
    (field,) = json.loads(registry.get_schema(number).schema_str)["fields"]
    return {field["name"]: data[6:].decode()}


Shipped = shipped()
orders = [{"id": "a", "total": 1}, {"id": "b"}]
print(
    json.dumps(
        {
            "json": through(
                "orders", orders, JSONSerializer(json_schema("string"), registry), JSONDeserializer(json_schema("string"))
            ),
            "protobuf": [
                [each.id, each.parcels]
                for each in through(
                    "shipments",
                    [Shipped(id="a", parcels=2), Shipped(id="b")],
                    ProtobufSerializer(Shipped, registry),
                    ProtobufDeserializer(Shipped),
                )
            ],
            "avro": through("payments", [{"by": "card"}, {"by": "cash"}], write_avro, read_avro),
            "refused": refusal("orders", json_schema("integer"), {"id": 1}),
            "subjects": sorted(registry.get_subjects()),
        }
    )
)
