//! Valid files of the frameworks that render with something else than React.

use super::ValidFramework;

/// By framework.
pub(super) const ALL: &[ValidFramework] = &[
    (
        r#""nuxt": "^4.0.0", "vue": "3", "@nuxtjs/i18n": "9""#,
        &[
            (
                "nuxt.config.ts",
                "export default defineNuxtConfig({ extends: ['./layers/a', './'], srcDir: 'app', pages: true, app: { baseURL: '/x' }, routeRules: { '/old': { redirect: '/new' } }, hooks: { 'pages:extend'(pages) {} } })\n",
            ),
            (
                "app/pages/[lang]/[[opt]]/a-[b].vue",
                "<script setup lang=\"ts\">\nconst a = \"</script>\".length\ndefinePageMeta({ path: '/x', alias: ['/y'], redirect: '/z', name: `n` })\n</script>\n<template><div v-if=\"a\" :class=\"{ 'dark:b': a }\"><NuxtPage /></div></template>\n<style scoped lang=\"scss\">.a { .b { --c: 1 } }</style>\n<route lang=\"json\">{ \"path\": \"/r\" }</route>\n",
            ),
            ("app/pages/index.vue", "<template><main /></template>\n"),
            (
                "app/app.vue",
                "<template><NuxtLayout><NuxtPage /></NuxtLayout></template>\n",
            ),
            (
                "layers/a/nuxt.config.ts",
                "export default defineNuxtConfig({ extends: ['../..'] })\n",
            ),
            (
                "layers/a/pages/b.vue",
                "<template lang=\"pug\">a</template>\n",
            ),
            (
                "server/api/a/[id].get.ts",
                "export default defineEventHandler((event) => 1)\n",
            ),
            (
                "app/router.options.ts",
                "export default { routes: (all) => [...all, { path: '/more', component: () => import('./x.vue') }] }\n",
            ),
        ],
    ),
    (
        r#""vue": "3", "vue-router": "4""#,
        &[
            (
                "src/router/index.ts",
                "import { createRouter } from 'vue-router';\nimport more from './more';\nconst base = '/a';\nexport default createRouter({ routes: [{ path: `${base}/:id(\\\\d+)?`, alias: ['/b'], component: () => import('../views/A.vue'), children: [{ path: '', redirect: { name: 'x' } }, ...more] }, { path: '/:all(.*)*', component: A }] });\n",
            ),
            (
                "src/router/more.ts",
                "import all from './index';\nexport default ['x', 'y'].map((name) => ({ path: name, component: all }));\n",
            ),
            (
                "src/main.ts",
                "import { createApp } from 'vue';\nimport router from './router';\ncreateApp(App).use(router).mount('#app');\n",
            ),
            (
                "src/views/A.vue",
                "<script>\nexport default { name: 'A', data() { return {} } }\n</script>\n<template><router-view /></template>\n<style module>.a { color: red }</style>\n",
            ),
        ],
    ),
    (
        r#""@sveltejs/kit": "2", "svelte": "5""#,
        &[
            (
                "svelte.config.js",
                "import adapter from '@sveltejs/adapter-auto';\nconst config = { extensions: ['.svelte', '.md'], kit: { adapter: adapter(), files: { routes: 'src/routes' }, paths: { base: '/b' } } };\nexport default config;\n",
            ),
            (
                "src/routes/(app)/[[lang=lang]]/blog/[...rest]/+page.svelte",
                "<script lang=\"ts\">\n  let { data } = $props();\n</script>\n{#each data as d}<a class=\"dark:b\">{d}</a>{/each}\n<style>a { --b: 1 }</style>\n",
            ),
            (
                "src/routes/(app)/+page.server.ts",
                "import { redirect } from '@sveltejs/kit';\nexport const load = () => { redirect(307, '/blog') };\n",
            ),
            (
                "src/routes/api/+server.ts",
                "export const GET = async () => new Response();\nexport { POST } from './x';\n",
            ),
            ("src/routes/a/+layout.svelte", "<slot />\n"),
            (
                "src/params/lang.ts",
                "export function match(p) { return p === 'en' }\n",
            ),
            (
                "src/hooks.server.ts",
                "export const handle = sequence(a, b);\n",
            ),
        ],
    ),
    (
        r#""astro": "5", "@astrojs/starlight": "0.34""#,
        &[
            (
                "astro.config.mjs",
                "import starlight from '@astrojs/starlight';\nexport default defineConfig({ base: '/b', srcDir: './src', trailingSlash: 'always', redirects: { '/old': '/new', '/c/[...d]': { destination: '/e', status: 301 } }, i18n: { locales: ['en', { path: 'fr', codes: ['fr'] }] }, integrations: [starlight({ title: 'x', locales: { root: {}, de: {} } })] });\n",
            ),
            (
                "src/pages/[...path].astro",
                "---\nexport async function getStaticPaths() { return ['a'].map((path) => ({ params: { path } })) }\nif (x) return Astro.redirect('/a')\n---\n<html><body class=\"dark:a\"><script>const a = 1</script></body></html>\n<style>:root { --a: 1 }</style>\n",
            ),
            ("src/pages/_hidden/a.md", "---\ndraft: true\n---\n# a\n"),
            (
                "src/pages/b.mdx",
                "---\nlayout: x\n---\nimport A from './a'\n\n<A b={`c`} />\n",
            ),
            (
                "src/pages/rss.xml.ts",
                "export const GET: APIRoute = () => new Response();\n",
            ),
            (
                "src/content/docs/guides/a.md",
                "---\ntitle: A\nslug: b/c\ndraft: false\n---\ntext\n",
            ),
            (
                "src/content.config.ts",
                "export const collections = { docs: defineCollection({ loader: docsLoader(), schema: docsSchema() }), blog: defineCollection({ loader: glob({ pattern: '**/*.md', base: './blog' }) }) };\n",
            ),
            (
                "src/middleware.ts",
                "export const onRequest = defineMiddleware((c, next) => next());\n",
            ),
        ],
    ),
    (
        r#""@angular/core": "19", "@angular/router": "19""#,
        &[
            (
                "angular.json",
                "{ \"projects\": { \"a\": { \"sourceRoot\": \"src\", \"architect\": { \"build\": { \"options\": { \"browser\": \"src/main.ts\", \"styles\": [\"src/styles.scss\"] } } } } }, \"defaultProject\": \"a\" }",
            ),
            (
                "src/main.ts",
                "bootstrapApplication(App, { providers: [provideRouter(routes)] });\nimport { routes } from './app/app.routes';\n",
            ),
            (
                "src/app/app.routes.ts",
                "export const routes: Routes = [{ path: '', redirectTo: 'a', pathMatch: 'full' }, { path: 'a/:id', component: A, children: [{ path: '**', loadComponent: () => import('./a.component').then(m => m.A) }] }, { path: 'b', loadChildren: () => import('./b.routes').then((m) => m.ROUTES) }];\n",
            ),
            (
                "src/app/b.routes.ts",
                "import { routes } from './app.routes';\nexport const ROUTES: Route[] = [...routes, { matcher: m, component: B }];\n",
            ),
            (
                "src/app/b.module.ts",
                "@NgModule({ imports: [RouterModule.forChild([{ path: 'c', component: C }])] })\nexport class BModule {}\n",
            ),
            (
                "src/app/a.component.ts",
                "@Component({ selector: 'a', template: `<a class=\"dark:b\"></a>`, styleUrls: ['./a.scss'] })\nexport class A {}\n",
            ),
        ],
    ),
    (
        r#""@solidjs/start": "1", "solid-js": "1", "@solidjs/router": "0.15""#,
        &[
            (
                "app.config.ts",
                "export default defineConfig({ ssr: true, server: { baseURL: '/b' } });\n",
            ),
            (
                "src/routes/(g)/[[opt]]/[...all].tsx",
                "export const route = { preload() {} };\nexport default function Page() { return <a /> }\n",
            ),
            (
                "src/routes/api/a.ts",
                "export function GET() {}\nexport const POST = () => {};\n",
            ),
            (
                "src/app.tsx",
                "export default () => <Router><FileRoutes /></Router>;\n",
            ),
        ],
    ),
    (
        r#""@builder.io/qwik": "1", "@builder.io/qwik-city": "1""#,
        &[
            (
                "src/routes/[...all]/index@a.tsx",
                "export const onGet: RequestHandler = ({ redirect }) => { throw redirect(302, '/') };\nexport default component$(() => <a />);\n",
            ),
            (
                "src/routes/plugin@auth.ts",
                "export const onRequest = () => {};\n",
            ),
            ("src/routes/a/index.mdx", "# a\n"),
            (
                "src/entry.ssr.tsx",
                "export default (o) => renderToStream(<Root />, o);\n",
            ),
        ],
    ),
    (
        r#""svelte": "5", "vite": "6""#,
        &[(
            "src/App.svelte",
            "<script>\n  import Router from 'svelte-spa-router';\n  const routes = { '/': A, '/b/:id?': B, '*': C };\n</script>\n<Router {routes} />\n",
        )],
    ),
    (
        "",
        &[
            ("index.html", "<a href=/about>a</a>"),
            (
                "about/index.html",
                "<html><meta http-equiv=\"refresh\" content=\"0; url=/x\"></html>\n",
            ),
            (
                "docs/a.html",
                "<!-- <title> --><style>.dark { --a: 1 }</style><p class='dark:a'>\n",
            ),
        ],
    ),
];
