(* Cells on which the iterates of a piecewise-linear map are affine.  An interval with rational ends can be
   cut into such cells, at points where an iterate meets a knot, so that on each some iterate also stays on
   one side of the identity. *)
From Coq Require Import Reals Lra Lia ZArith QArith Qreals List Bool.
From Certify Require Import Dynamics Iterates Rational Pieces.
Import ListNotations.
Local Open Scope R_scope.

(* the images of two points under f^n, if the segments between their images are affine all the way *)
Fixpoint affine (t : pieces) (n : nat) (u w : Q) : option (Q * Q) :=
  match n with
  | O => Some (u, w)
  | S n => match common_line t u w with Some l => affine t n (line_at l u) (line_at l w) | None => None end
  end.

Lemma last_cons {A} (l : list A) : forall b a, last (b :: l) a = last l b.
Proof.
  induction l as [|c l IH]; intros b a; [reflexivity|].
  change (last (b :: c :: l) a) with (last (c :: l) a). rewrite (IH c a), (IH c b). reflexivity.
Qed.

(* ---- chains of cells ---- *)

Fixpoint chain (P : Q -> Q -> Prop) (a : Q) (mesh : list Q) : Prop :=
  match mesh with [] => True | b :: rest => P a b /\ chain P b rest end.

Lemma chain_refine (P P' : Q -> Q -> Prop) :
  (forall a b, P a b -> P' a b \/ exists c, P' a c /\ P' c b) ->
  forall mesh a, chain P a mesh -> exists mesh', chain P' a mesh' /\ last mesh' a = last mesh a /\
    (mesh <> [] -> mesh' <> []).
Proof.
  intro H. induction mesh as [|b mesh IH]; intros a C; [exists []; auto|].
  destruct C as [Hab C]. destruct (IH b C) as [mesh' [C' [E _]]].
  destruct (H a b Hab) as [Hab'|[c [Hac Hcb]]].
  - exists (b :: mesh'). rewrite !last_cons. split; [split; auto|]. split; [auto|congruence].
  - exists (c :: b :: mesh'). rewrite !last_cons. split; [split; [|split]; auto|]. split; [auto|congruence].
Qed.

(* ---- when two points lie on a common line ---- *)

Definition strictly_between (u w x : R) : Prop := u < x < w \/ w < x < u.

Lemma common_line_exists t : forall a b u w, joined a t b = true ->
  (forall k, In k (knots t) -> ~ strictly_between (Q2R u) (Q2R w) (Q2R (fst k))) -> common_line t u w <> None.
Proof.
  induction t as [l|L IHL p v r R IHR]; intros a b u w J H; cbn [common_line]; [discriminate|].
  destruct (joinedE _ _ _ _ _ _ _ J) as [_ _ _ _ JL JR].
  pose proof (H (p, v) ltac:(apply in_or_app; simpl; auto)) as Hp. cbn [fst] in Hp.
  unfold strictly_between in Hp.
  assert (HL : common_line L u w <> None).
  { apply (IHL _ _ _ _ JL). intros k Hk. apply H, in_or_app; auto. }
  assert (HR : common_line R u w <> None).
  { apply (IHR _ _ _ _ JR). intros k Hk. apply H, in_or_app; simpl; auto. }
  destruct (leqP u p), (leqP w p), (leqP p u), (leqP p w); cbn [andb]; auto; exfalso; apply Hp; lra.
Qed.

(* ---- f is t on a set that f maps into itself ---- *)

Section Cells.
Variables (t : pieces) (f : R -> R) (dom : R -> Prop) (strict : Prop) (lo hi : Q).
Hypothesis dom_convex : forall x y z, dom x -> dom y -> between x y z -> dom z.
Hypothesis dom_step : forall x, dom x -> dom (f x).
Hypothesis Ht : joined None t None = true.
Hypothesis Hf : forall x, dom x -> sem t x = f x.

(* f^n is affine on the segment from u to w, with the values u' and w' at the ends *)
Definition affine_on (n : nat) (u w u' w' : Q) : Prop :=
  forall s, 0 <= s <= 1 ->
  iter n f ((1 - s) * Q2R u + s * Q2R w) = (1 - s) * Q2R u' + s * Q2R w'.

Lemma line_mix l x y s : line_sem l ((1 - s) * x + s * y) = (1 - s) * line_sem l x + s * line_sem l y.
Proof. unfold line_sem. pose proof (pos_R (scale l)). field; lra. Qed.

Lemma mix_between u w s : 0 <= s <= 1 -> between u w ((1 - s) * u + s * w).
Proof. intro Hs. unfold between. destruct (Rle_lt_dec u w); [left|right]; nra. Qed.

Lemma mix_dom u w s : 0 <= s <= 1 -> dom (Q2R u) -> dom (Q2R w) -> dom ((1 - s) * Q2R u + s * Q2R w).
Proof. intros Hs Hu Hw. apply (dom_convex _ _ _ Hu Hw), mix_between, Hs. Qed.

Lemma iter_dom n x : dom x -> dom (iter n f x).
Proof. intro Hx. induction n as [|n IH]; cbn [iter]; auto. Qed.

Lemma affine_sound n : forall u w u' w', dom (Q2R u) -> dom (Q2R w) ->
  affine t n u w = Some (u', w') -> affine_on n u w u' w'.
Proof.
  induction n as [|n IH]; intros u w u' w' Hu Hw H; cbn [affine] in H.
  - injection H as <- <-. intros s _. reflexivity.
  - destruct (common_line t u w) as [l|] eqn:L; [|discriminate].
    assert (E : forall s, 0 <= s <= 1 -> f ((1 - s) * Q2R u + s * Q2R w) =
                (1 - s) * Q2R (line_at l u) + s * Q2R (line_at l w)).
    { intros s Hs. rewrite <- Hf by (apply mix_dom; auto).
      rewrite (common_line_correct t None None u w l) by (auto using mix_between).
      rewrite line_mix, !line_at_correct. reflexivity. }
    pose proof (E 0 ltac:(lra)) as Eu. pose proof (E 1 ltac:(lra)) as Ew.
    replace ((1 - 0) * Q2R u + 0 * Q2R w) with (Q2R u) in Eu by ring.
    replace ((1 - 1) * Q2R u + 1 * Q2R w) with (Q2R w) in Ew by ring.
    intros s Hs. rewrite iter_S, E by auto. apply (IH (line_at l u) (line_at l w)); auto.
    + replace (Q2R (line_at l u)) with (f (Q2R u)) by lra. apply dom_step, Hu.
    + replace (Q2R (line_at l w)) with (f (Q2R w)) by lra. apply dom_step, Hw.
Qed.

Lemma rational_orbit n q : dom (Q2R q) -> exists q', iter n f (Q2R q) = Q2R q'.
Proof.
  intro Hq. induction n as [|n [q' E]]; [exists q; auto|]. exists (at_point t q'). cbn [iter]. rewrite E.
  rewrite <- Hf by (rewrite <- E; apply iter_dom, Hq). apply at_point_correct.
Qed.

(* no knot lies strictly between f^i(a) and f^i(b) for i < n, and none of ks between f^n(a) and f^n(b) *)
Definition clear_of (ks : list (Q * Q)) (u w : R) : Prop :=
  forall k, In k ks -> ~ strictly_between u w (Q2R (fst k)).

Record cell (n : nat) (ks : list (Q * Q)) (a b : Q) : Prop := Cell {
  cell_a : dom (Q2R a);
  cell_b : dom (Q2R b);
  cell_le : Q2R a <= Q2R b;
  cell_lt : strict -> Q2R a < Q2R b;
  cell_passed : forall i, (i < n)%nat -> clear_of (knots t) (iter i f (Q2R a)) (iter i f (Q2R b));
  cell_clear : clear_of ks (iter n f (Q2R a)) (iter n f (Q2R b)) }.

Lemma passed_affine n : forall u w, dom (Q2R u) -> dom (Q2R w) ->
  (forall i, (i < n)%nat -> clear_of (knots t) (iter i f (Q2R u)) (iter i f (Q2R w))) ->
  exists u' w', affine t n u w = Some (u', w').
Proof.
  induction n as [|n IH]; intros u w Hu Hw H; [exists u, w; auto|]. cbn [affine].
  pose proof (common_line_exists t None None u w Ht (H 0%nat ltac:(lia))) as HL.
  destruct (common_line t u w) as [l|] eqn:L; [|congruence].
  assert (Eu : Q2R (line_at l u) = f (Q2R u)).
  { rewrite <- Hf, <- line_at_correct by auto. symmetry.
    apply (common_line_correct t None None u w l); auto. unfold between; lra. }
  assert (Ew : Q2R (line_at l w) = f (Q2R w)).
  { rewrite <- Hf, <- line_at_correct by auto. symmetry.
    apply (common_line_correct t None None u w l); auto. unfold between; lra. }
  apply IH.
  - rewrite Eu. apply dom_step, Hu.
  - rewrite Ew. apply dom_step, Hw.
  - intros i Hi. rewrite Eu, Ew, <- !iter_S. apply H. lia.
Qed.

(* f^i is affine on a cell for i <= n *)
Lemma cell_affine n ks a b i s : cell n ks a b -> (i <= n)%nat -> 0 <= s <= 1 ->
  iter i f ((1 - s) * Q2R a + s * Q2R b) = (1 - s) * iter i f (Q2R a) + s * iter i f (Q2R b).
Proof.
  intros [Ha Hb Hab _ Hp _] Hi Hs.
  destruct (passed_affine i a b Ha Hb) as (u & w & E); [intros; apply Hp; lia|].
  pose proof (affine_sound i a b u w Ha Hb E) as A.
  rewrite A by exact Hs. pose proof (A 0 ltac:(lra)) as A0. pose proof (A 1 ltac:(lra)) as A1.
  replace ((1 - 0) * Q2R a + 0 * Q2R b) with (Q2R a) in A0 by ring.
  replace ((1 - 1) * Q2R a + 1 * Q2R b) with (Q2R b) in A1 by ring.
  rewrite A0, A1. ring.
Qed.

(* a cell is cut in two by a point inside at which f^n takes a value p, where that is linear in the point *)
Lemma cell_cut n ks a b s c : cell n ks a b -> 0 < s < 1 -> Q2R c = (1 - s) * Q2R a + s * Q2R b ->
  cell n ks a c /\ cell n ks c b.
Proof.
  intros C Hs' Ec. assert (Hs : 0 <= s <= 1) by lra.
  pose proof (fun i H => cell_affine n ks a b i s C H Hs) as A. rewrite <- Ec in A.
  destruct C as [Ha Hb Hab Hlt' Hp Hks].
  assert (Hc : Q2R a <= Q2R c <= Q2R b) by (rewrite Ec; split; nra).
  assert (HcJ : dom (Q2R c)) by (apply (dom_convex _ _ _ Ha Hb); unfold between; lra).
  assert (B : forall i x, (i <= n)%nat ->
    strictly_between (iter i f (Q2R a)) (iter i f (Q2R c)) x \/ strictly_between (iter i f (Q2R c))
      (iter i f (Q2R b)) x ->
    strictly_between (iter i f (Q2R a)) (iter i f (Q2R b)) x).
  { intros i x Hi. rewrite (A i Hi). unfold strictly_between.
    set (u := iter i f (Q2R a)). set (w := iter i f (Q2R b)). clearbody u w. clear - Hs.
    intro H. destruct (Rlt_le_dec u w); [left|right]; nra. }
  split; split; auto; try lra; try (intro S; specialize (Hlt' S); rewrite Ec; nra).
  - intros i Hi k Hk S. apply (Hp i Hi k Hk), B; auto. lia.
  - intros k Hk S. apply (Hks k Hk), B; auto.
  - intros i Hi k Hk S. apply (Hp i Hi k Hk), B; auto. lia.
  - intros k Hk S. apply (Hks k Hk), B; auto.
Qed.

(* where a rational affine function crosses zero *)
Lemma crossing (a b u w : Q) : strictly_between (Q2R u) (Q2R w) 0 ->
  exists c s, 0 < s < 1 /\ Q2R c = (1 - s) * Q2R a + s * Q2R b /\ (1 - s) * Q2R u + s * Q2R w = 0.
Proof.
  intro S. assert (Hd : Q2R u - Q2R w <> 0) by (unfold strictly_between in S; lra).
  assert (Hq : ~ (u - w == 0)%Q).
  { intro E. apply Qeq_eqR in E. rewrite Q2R_minus in E. unfold Q2R at 3 in E. simpl in E. lra. }
  exists (a + (b - a) * (u / (u - w)))%Q, (Q2R u / (Q2R u - Q2R w)).
  assert (E : Q2R u / (Q2R u - Q2R w) * (Q2R u - Q2R w) = Q2R u) by (field; lra).
  rewrite Q2R_plus, Q2R_mult, Q2R_div, !Q2R_minus by auto.
  set (s := Q2R u / (Q2R u - Q2R w)) in *. split; [|split; [ring|lra]].
  unfold strictly_between in S. destruct S; split; nra.
Qed.

Lemma cut_at_knot n ks k a b : cell n ks a b ->
  cell n (k :: ks) a b \/ exists c, cell n (k :: ks) a c /\ cell n (k :: ks) c b.
Proof.
  intro C. destruct (rational_orbit n a (cell_a _ _ _ _ C)) as [u Eu].
  destruct (rational_orbit n b (cell_b _ _ _ _ C)) as [w Ew]. set (p := fst k).
  assert (D : strictly_between (Q2R u) (Q2R w) (Q2R p) \/ ~ strictly_between (Q2R u) (Q2R w) (Q2R p)).
  { unfold strictly_between. destruct (Rlt_dec (Q2R u) (Q2R p)), (Rlt_dec (Q2R p) (Q2R w)),
      (Rlt_dec (Q2R w) (Q2R p)), (Rlt_dec (Q2R p) (Q2R u)); lra. }
  destruct D as [S|S].
  - right. destruct (crossing a b (u - p) (w - p)) as (c & s & Hs & Ec & E0).
    { rewrite !Q2R_minus. unfold strictly_between in *. lra. }
    rewrite !Q2R_minus in E0. exists c. destruct (cell_cut n ks a b s c C Hs Ec) as [C1 C2].
    assert (Ep : iter n f (Q2R c) = Q2R p).
    { rewrite Ec, (cell_affine n ks a b n s C) by (auto; lra). rewrite Eu, Ew. lra. }
    destruct C1 as [A1 A2 A3 A3' A4 A5], C2 as [B1 B2 B3 B3' B4 B5].
    split; split; auto; rewrite Ep in *; intros j [<-|Hj]; auto; fold p; unfold strictly_between; lra.
  - left. destruct C as [A1 A2 A3 A3' A4 A5]. split; auto. rewrite Eu, Ew in *. intros j [<-|Hj]; auto.
Qed.

Notation covering P := (exists mesh, chain P lo mesh /\ last mesh lo = hi /\ mesh <> []).

Lemma covering_refine (P P' : Q -> Q -> Prop) :
  (forall a b, P a b -> P' a b \/ exists c, P' a c /\ P' c b) -> covering P -> covering P'.
Proof.
  intros H [mesh [C [E Hne]]]. destruct (chain_refine P P' H mesh lo C) as [mesh' [C' [E' Hne']]].
  exists mesh'. split; auto. split; [congruence|auto].
Qed.

Lemma covering_knots n ks : covering (cell n []) -> covering (cell n ks).
Proof.
  intro H. induction ks as [|k ks IH]; auto. apply (covering_refine (cell n ks)); auto. apply cut_at_knot.
Qed.

Hypothesis Hlo : dom (Q2R lo).
Hypothesis Hhi : dom (Q2R hi).
Hypothesis Hle : Q2R lo <= Q2R hi.
Hypothesis Hlt : strict -> Q2R lo < Q2R hi.

Lemma covering_cells n : covering (cell n []).
Proof.
  induction n as [|n IH].
  - exists [hi]. split; [|split; [auto|congruence]]. split; [|exact I].
    split; auto; [intros i Hi; lia|intros k []].
  - apply (covering_knots n (knots t)) in IH. revert IH. apply covering_refine.
    intros a b [A1 A2 A3 A3' A4 A5]. left. split; auto; [|intros k []].
    intros i Hi. destruct (Nat.eq_dec i n) as [->|]; [exact A5|apply A4; lia].
Qed.

(* f^n - id has one sign on the cell *)
Definition signed (n : nat) (a b : Q) : Prop :=
  cell n [] a b /\
  ((Q2R a <= iter n f (Q2R a) /\ Q2R b <= iter n f (Q2R b)) \/
   (iter n f (Q2R a) <= Q2R a /\ iter n f (Q2R b) <= Q2R b)).

Lemma covering_signed n : covering (signed n).
Proof.
  generalize (covering_cells n). apply covering_refine. intros a b C. unfold signed.
  destruct (rational_orbit n a (cell_a _ _ _ _ C)) as [u Eu].
  destruct (rational_orbit n b (cell_b _ _ _ _ C)) as [w Ew].
  destruct (Rle_lt_dec (Q2R a) (Q2R u)) as [h|h], (Rle_lt_dec (Q2R b) (Q2R w)) as [h'|h'];
    try (left; split; [exact C|]; lra);
    (destruct (Req_dec (Q2R a) (Q2R u)); [left; split; [exact C|]; lra|]);
    (destruct (Req_dec (Q2R b) (Q2R w)); [left; split; [exact C|]; lra|]);
    right; (destruct (crossing a b (u - a) (w - b)) as (c & s & Hs & Ec & E0);
      [rewrite !Q2R_minus; unfold strictly_between; lra|]);
    rewrite !Q2R_minus in E0; exists c; destruct (cell_cut n [] a b s c C Hs Ec) as [C1 C2];
    assert (Ep : iter n f (Q2R c) = Q2R c)
      by (rewrite Ec, (cell_affine n [] a b n s C) by (auto; lra); rewrite Eu, Ew; lra);
    (split; (split; [assumption|]); rewrite Ep; lra).
Qed.
End Cells.
