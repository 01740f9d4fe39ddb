/** Partitions of a topic where the catalog states no lanes. */
export const kafkaPartitions = 6;

/** https://kafka.apache.org/documentation/#topicconfigs: what a topic may be called. */
export const kafkaTopicPattern = /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,249}$/;
