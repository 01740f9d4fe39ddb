/**
 * Rules of access in Kafka's numbers and in our words. A rule allows one principal one operation on one resource of exactly that name,
 * from anywhere; whatever else a cluster holds (denials, prefixes, single hosts) is named as it is, and is never one of ours.
 */
import type { AclEntry, AclFilter, DescribeAclResponse } from 'kafkajs';
import { type AclRule, aclName } from './wanted.ts';

type Library = typeof import('kafkajs');

const form = /^(\S+) (Read|Write|Describe) (topic|group) (\S+)$/;

/** Undefined where the name is none of a rule that we make. */
export function ruleNamed(name: string): AclRule | undefined {
  const [, principal, operation, type, resource] = form.exec(name) ?? [];
  if (principal === undefined || resource === undefined) return undefined;
  return { principal, operation: operation as AclRule['operation'], type: type as AclRule['type'], resource };
}

/** Kafka's own entry; as a filter it finds this rule and no other. */
export function entryOf(library: Library, { principal, operation, type, resource }: AclRule): AclEntry & AclFilter {
  const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } = library;
  return {
    resourceType: type === 'topic' ? AclResourceTypes.TOPIC : AclResourceTypes.GROUP,
    resourceName: resource,
    resourcePatternType: ResourcePatternTypes.LITERAL,
    principal,
    host: '*',
    operation: AclOperationTypes[operation.toUpperCase() as 'READ' | 'WRITE' | 'DESCRIBE'],
    permissionType: AclPermissionTypes.ALLOW,
  };
}

export function everyRule(library: Library): AclFilter {
  return {
    resourceType: library.AclResourceTypes.ANY,
    resourcePatternType: library.ResourcePatternTypes.ANY,
    operation: library.AclOperationTypes.ANY,
    permissionType: library.AclPermissionTypes.ANY,
  };
}

export function namesIn(library: Library, { resources }: DescribeAclResponse): readonly string[] {
  const { AclPermissionTypes, ResourcePatternTypes } = library;
  return resources.flatMap(({ resourceType, resourceName, resourcePatternType, acls }) =>
    acls.map(({ principal, host, operation, permissionType }) => {
      const type = word(library.AclResourceTypes, resourceType).toLowerCase();
      const base = aclName({
        principal,
        operation: titled(word(library.AclOperationTypes, operation)),
        type,
        resource: resourceName,
      });
      const besides = [
        ...(permissionType === AclPermissionTypes.DENY ? ['denied'] : []),
        ...(resourcePatternType === ResourcePatternTypes.PREFIXED ? ['prefix'] : []),
        ...(host === '*' ? [] : [`from ${host}`]),
      ];
      return besides.length === 0 ? base : `${base} (${besides.join(', ')})`;
    }),
  );
}

/** Kafka's name of a number; the number itself where this client has none. */
function word(names: Readonly<Record<string, string | number>>, number: number): string {
  return (
    Object.entries(names).find(([name, value]) => value === number && Number.isNaN(Number(name)))?.[0] ?? String(number)
  );
}

function titled(name: string): string {
  return name
    .split('_')
    .map((part) => `${part.slice(0, 1)}${part.slice(1).toLowerCase()}`)
    .join('');
}
