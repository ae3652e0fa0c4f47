"""Where staff write help articles: both languages side by side, a preview, and a second person who publishes."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.guidance import services
from accounts.guidance.forms import WordsForm
from accounts.guidance.models import Article, Edition
from accounts.guidance.views import shown


@admin.register(Article)
class ArticleAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("title", "topic", "public", "making")
    list_filter = ("topic",)
    ordering = ("order", "slug")
    list_per_page = 50
    actions = None

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("editions")

    @admin.display(description=gettext_lazy("article"))
    def title(self, article: Article) -> str:
        newest = max(article.editions.all(), key=lambda one: one.number, default=None)
        return newest.words["title"] if newest is not None else article.slug

    @admin.display(description=gettext_lazy("published"))
    def public(self, article: Article) -> str:
        found = [one for one in article.editions.all() if one.state == Edition.State.PUBLISHED]
        return _("Edition %(number)s") % {"number": found[0].number} if found else "—"

    @admin.display(description=gettext_lazy("in the making"))
    def making(self, article: Article) -> str:
        found = [one for one in article.editions.all() if one.state in {Edition.State.DRAFT, Edition.State.IN_REVIEW}]
        return found[0].get_state_display() if found else "—"

    def has_add_permission(self, _request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, _request: HttpRequest, _obj: Article | None = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        inside = self.admin_site.admin_view
        mine: list[URLPattern] = [
            path("<int:number>/change/", inside(never_cache(self.write)), name="guidance_article_change"),
            path("<int:number>/preview/", inside(require_GET(never_cache(self.preview))), name="guidance_preview"),
            path("<int:number>/send/", inside(require_POST(self.send)), name="guidance_send"),
            path("<int:number>/take-back/", inside(require_POST(self.take_back)), name="guidance_take_back"),
        ]
        kept = [one for one in super().get_urls() if getattr(one, "name", "") == "guidance_article_changelist"]
        return [*mine, *kept]

    def write(self, request: HttpRequest, number: int) -> HttpResponse:
        """Show the words of the newest edition; keep what is written as the draft."""
        article = self._article(request, number)
        newest = article.editions.select_related("written_by").order_by("-number").first()
        waits = newest is not None and newest.state == Edition.State.IN_REVIEW
        form = WordsForm(request.POST or None, initial=WordsForm.given(newest.texts if newest else {}))
        if request.method == "POST":
            self._may_change(request, article)
            if form.is_valid() and self._keep(request, article, form):
                return redirect("admin:guidance_article_change", article.pk)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": newest.words["title"] if newest else article.slug,
            "article": article,
            "edition": newest,
            "waits": waits,
            "form": form,
            "may_write": self.has_change_permission(request, article) and not waits,
            "history": list(article.editions.select_related("written_by").order_by("-number")[:10]),
        }
        status = 422 if request.method == "POST" else 200
        return TemplateResponse(request, "admin/guidance/write.html", context, status=status)

    def preview(self, request: HttpRequest, number: int) -> HttpResponse:
        """Show the newest edition as customers would see it."""
        article = self._article(request, number)
        newest = article.editions.order_by("-number").first()
        if newest is None:
            return redirect("admin:guidance_article_change", article.pk)
        return TemplateResponse(request, "guidance/article.html", {**shown(newest), "preview": True})

    def send(self, request: HttpRequest, number: int) -> HttpResponse:
        article = self._article(request, number)
        self._may_change(request, article)
        try:
            services.send(article=article, user=request.user, now=timezone.now())  # type: ignore[arg-type]
            messages.success(request, _("A colleague has it on the desk now and publishes it, or says why not."))
        except services.NothingToSend:
            messages.info(request, _("There is no draft to publish. Nothing was changed."))
        except services.NothingNew:
            messages.info(request, _("The draft says what is published already. Nothing was sent."))
        return redirect("admin:guidance_article_change", article.pk)

    def take_back(self, request: HttpRequest, number: int) -> HttpResponse:
        article = self._article(request, number)
        self._may_change(request, article)
        try:
            services.take_back(article=article, user=request.user, now=timezone.now())  # type: ignore[arg-type]
            messages.success(request, _("It is off the desk; you can go on writing."))
        except services.NothingToSend:
            messages.info(request, _("Nothing waits for a colleague any more. Nothing was changed."))
        return redirect("admin:guidance_article_change", article.pk)

    def _keep(self, request: HttpRequest, article: Article, form: WordsForm) -> bool:
        try:
            services.write(article=article, texts=form.texts, user=request.user, now=timezone.now())  # type: ignore[arg-type]
        except services.WaitsForSecond:
            form.add_error(
                None, _("This article waits for a colleague. Take it back first; what you typed is still here.")
            )
            return False
        messages.success(request, _("The draft is kept. Customers go on seeing the published edition."))
        return True

    def _article(self, request: HttpRequest, number: int) -> Article:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return get_object_or_404(Article, pk=number)

    def _may_change(self, request: HttpRequest, article: Article) -> None:
        if not self.has_change_permission(request, article):
            raise PermissionDenied
