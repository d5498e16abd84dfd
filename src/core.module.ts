import { join } from 'node:path';
import { type DynamicModule, Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { ApprovalsModule } from './approvals/index.js';
import { AuditModule } from './audit/index.js';
import { BrowsingModule } from './browsing/index.js';
import { BulkModule } from './bulk/index.js';
import { CatalogModule } from './catalog/index.js';
import { dataPaths, type Env } from './config/index.js';
import { ExceptionsModule, ExceptionWaivers } from './exceptions/index.js';
import type { Foundations } from './foundations.js';
import { FoundationsModule } from './foundations.module.js';
import { IdentityModule } from './identity/index.js';
import { IncidentsModule, OpenIncidentFacts } from './incidents/index.js';
import { LifecycleModule } from './lifecycle/index.js';
import { metNeeds } from './met-needs.js';
import { OptionsModule } from './options/index.js';
import { OrchestratorModule } from './orchestrator/index.js';
import { OwnershipModule } from './ownership/index.js';
import { PolicyModule } from './policy/index.js';
import { QuotasModule } from './quotas/index.js';
import { RequestsModule } from './requests/index.js';
import { ResourcesModule } from './resources/index.js';
import { SecretsModule, type SecretsOptions } from './secrets/index.js';
import { UpkeepModule, type UpkeepOptions } from './upkeep/index.js';

/** The product without its face: everything but Slack, which binds the ports `SlackDirectory` and `IncidentRoom`. */
@Module({})
export class CoreModule {
  static forRoot(foundations: Foundations): DynamicModule {
    const { env, provisionPostgresUrl } = foundations;
    const { catalogDir, runbooksDir } = env;
    const paths = dataPaths(env.dataDir);
    if (env.opaToken !== undefined) foundations.redactor.rememberForGood(env.opaToken);
    return {
      module: CoreModule,
      imports: [
        ScheduleModule.forRoot(),
        FoundationsModule.forRoot(foundations),
        SecretsModule.forRoot(secretsOptions(env, () => foundations.publicUrl)),
        AuditModule.forRoot({
          key: { ...(env.auditSigningKey !== undefined && { pem: env.auditSigningKey }), file: paths.auditKey },
          sinkFile: paths.auditSink,
        }),
        IdentityModule.forRoot({ catalogDir }),
        CatalogModule.forRoot({ catalogDir, runbooksDir, isMet: metNeeds(env) }),
        QuotasModule.forRoot({ catalogDir }),
        PolicyModule.forRoot({
          catalogDir,
          incidents: OpenIncidentFacts,
          waivers: ExceptionWaivers,
          httpAllow: env.httpAllowedHosts,
          ...(env.opaToken !== undefined && { opaToken: env.opaToken }),
        }),
        ApprovalsModule,
        ExceptionsModule,
        ResourcesModule,
        OwnershipModule,
        OptionsModule.forRoot({ httpAllowedHosts: env.httpAllowedHosts }),
        RequestsModule,
        BrowsingModule,
        BulkModule,
        OrchestratorModule.forRoot({
          postgresUrl: provisionPostgresUrl,
          ...(env.provisionPostgresAddress !== undefined && { postgresAddress: env.provisionPostgresAddress }),
          backups: { folder: env.postgresBackupDir },
          ...(env.featureFlagsDir !== undefined && { featureFlagsDir: env.featureFlagsDir }),
          programs: env.execPrograms,
          packages: env.actionPackages,
          httpAllow: env.httpAllowedHosts,
          clusters: env.clusters,
          ...(env.opentofuProgram !== undefined && { opentofuProgram: env.opentofuProgram }),
          ...(env.helmProgram !== undefined && { helmProgram: env.helmProgram }),
          pluginCacheDir: join(env.dataDir, 'opentofu-providers'),
          git: { ...env.git, templatesDir: join(catalogDir, 'templates') },
        }),
        UpkeepModule.forRoot(upkeepOptions(env)),
        LifecycleModule,
        IncidentsModule,
      ],
      exports: [IncidentsModule],
    };
  }
}

export function upkeepOptions({ catalogDir, runbooksDir, channels, catalogGit, httpAllowedHosts }: Env): UpkeepOptions {
  return {
    catalogDir,
    runbooksDir,
    channel: channels.audit,
    ...(catalogGit !== undefined && { git: { ...catalogGit, networks: httpAllowedHosts } }),
  };
}

function secretsOptions(env: Env, publicUrl: () => string): SecretsOptions {
  const { secrets } = env;
  if (secrets.kind === 'vault') return { ...secrets, publicUrl };
  return {
    kind: 'local',
    publicUrl,
    key: { ...(secrets.key !== undefined && { base64: secrets.key }), file: dataPaths(env.dataDir).secretsKey },
  };
}
