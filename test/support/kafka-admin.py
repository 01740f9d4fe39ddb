"""What librdkafka's client reads of a cluster: one JSON object of its topics, one topic's own configuration.

Arguments: the address, the topic. Needs Debian's python3-confluent-kafka.
"""

import json
import sys

from confluent_kafka.admin import AdminClient, ConfigResource, ConfigSource

address, name = sys.argv[1:]
admin = AdminClient({"bootstrap.servers": address, "log_level": 0})
topics = admin.list_topics(timeout=10).topics
resource = ConfigResource(ConfigResource.Type.TOPIC, name)
config = admin.describe_configs([resource])[resource].result(10)
print(
    json.dumps(
        {
            "topics": sorted(topics),
            "partitions": len(topics[name].partitions),
            "replicas": len(topics[name].partitions[0].replicas),
            "config": {
                entry.name: entry.value
                for entry in config.values()
                if entry.source == ConfigSource.DYNAMIC_TOPIC_CONFIG.value
            },
        }
    )
)
