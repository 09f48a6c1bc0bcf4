(* The breaks of f^n themselves, listed in increasing order.

   Listing them takes exponential time; it is the plain meaning of the counts, for a few steps. An interval is
   cut at the knots; on each part f is a line, and the breaks of f^n in the part are taken back from those of
   f^(n-1) in its image. *)

From Coq Require Import Reals Lra Lia ZArith QArith Qreals List Bool.
From Certify Require Import Dynamics Iterates Rational Pieces.
From Certify Require Import FiniteSets Regions Germs GermIntervals GermCount RegionCount RegionTree.
Import ListNotations.
Local Open Scope R_scope.

(* ---- Increasing lists ---- *)

Definition increasing (l : list R) : Prop := ForallOrdPairs Rlt l.

(* l lists the set S. *)
Definition lists (l : list Q) (S : R -> Prop) : Prop :=
  increasing (map Q2R l) /\ forall x, In x (map Q2R l) <-> S x.

Lemma increasing_app l k : increasing l -> increasing k -> (forall x y, In x l -> In y k -> x < y) ->
  increasing (l ++ k).
Proof.
  intros Hl Hk H. induction Hl as [|x l Hx Hl IH]; [exact Hk|]. simpl. constructor.
  - apply Forall_app. split; [exact Hx|]. apply Forall_forall. intros y Hy. apply H; simpl; auto.
  - apply IH. intros y z Hy. apply H. simpl; auto.
Qed.

Lemma increasing_map (g : R -> R) l : (forall x y, x < y -> g x < g y) -> increasing l ->
  increasing (map g l).
Proof.
  intros Hg Hl. induction Hl as [|x l Hx Hl IH]; [constructor|]. simpl. constructor; [|exact IH].
  apply Forall_map. eapply Forall_impl; [|exact Hx]. auto.
Qed.

Lemma increasing_rev_map (g : R -> R) l : (forall x y, x < y -> g y < g x) -> increasing l ->
  increasing (rev (map g l)).
Proof.
  intros Hg Hl. induction Hl as [|x l Hx Hl IH]; [constructor|]. simpl. apply increasing_app; [exact IH| |].
  - repeat constructor.
  - intros y z Hy [<-|[]]. apply in_rev, in_map_iff in Hy as [w [<- Hw]]. apply Hg.
    rewrite Forall_forall in Hx. apply Hx, Hw.
Qed.

Lemma increasing_NoDup l : increasing l -> NoDup l.
Proof.
  induction 1 as [|x l Hx Hl IH]; constructor; [|exact IH].
  intro H. rewrite Forall_forall in Hx. specialize (Hx x H). lra.
Qed.

Lemma lists_ext l (S T : R -> Prop) : (forall x, S x <-> T x) -> lists l S -> lists l T.
Proof. intros E [Hi H]. split; [exact Hi|]. intro x. rewrite H. apply E. Qed.

Lemma lists_count l S : lists l S -> count S (Z.of_nat (length l)).
Proof.
  intros [Hi H]. exists (map Q2R l). split; [apply increasing_NoDup, Hi|]. split; [exact H|].
  rewrite map_length. reflexivity.
Qed.

(* ---- The list ---- *)

Definition preimage (l : line) (y : Q) : Q :=
  Qred ((inject_Z (Zpos (scale l)) * y - inject_Z (const l)) / inject_Z (slope l)).

Section Cut.
Variable before : option Q -> option Q -> list Q.   (* the breaks of f^(n-1) in any interval *)
Variable marked : Q -> bool.                        (* whether f^n breaks at a knot *)

Fixpoint cut (t : pieces) (u v : option Q) : list Q :=
  match t with
  | One l =>
      match slope l with
      | Z0 => []
      | Zpos _ => map (preimage l) (before (image l u) (image l v))
      | Zneg _ => rev (map (preimage l) (before (image l v) (image l u)))
      end
  | Split L p _ _ R =>
      if between u v p then cut L u (Some p) ++ (if marked p then [p] else []) ++ cut R (Some p) v
      else if right_of_germ (u, Right) p then cut L u v
      else cut R u v
  end.
End Cut.

Fixpoint break_list (t : pieces) (n : nat) (u v : option Q) : list Q :=
  match n with
  | O => []
  | S k => cut (break_list t k) (breaks_at (germ_line t) n) t u v
  end.

(* ---- Correctness ---- *)

Lemma preimage_correct l y : slope l <> 0%Z -> Q2R (preimage l y) = (Q2R y - real_const l) / real_slope l.
Proof.
  intro H0. assert (Hs : IZR (slope l) <> 0) by (apply not_0_IZR, H0). pose proof (pos_R (scale l)) as Hd.
  assert (I : forall z, Q2R (inject_Z z) = IZR z) by (intro z; unfold Q2R, inject_Z; simpl; field).
  unfold preimage. rewrite (Qeq_eqR _ _ (Qred_correct _)), Q2R_div, Q2R_minus, Q2R_mult, !I.
  - unfold real_const, real_slope. field. lra.
  - intro E. apply Qeq_eqR in E. rewrite I in E. apply Hs. rewrite E. unfold Q2R; simpl. field.
Qed.

Section Correctness.
Variable t : pieces.
Hypothesis J : joined None t None = true.
Let f : R -> R := sem t.

Lemma one_line : forall u v, apart u v -> (forall b, In b (places t) -> ~ inside u v (Q2R b)) ->
  germ_line t (v, Left) = germ_line t (u, Right) /\
  forall x, inside_closed u v x -> f x = line_sem (germ_line t (u, Right)) x.
Proof. apply (germ_line_correct t None None J). Qed.

(* one line *)
Lemma cut_line before n l u v : apart u v -> (forall x, inside u v x -> f x = line_sem l x) ->
  (forall u v, apart u v -> lists (before u v) (fun x => inside u v x /\ break (iter n f) x)) ->
  forall marked, lists (cut before marked (One l) u v) (fun x => inside u v x /\ break (iter (S n) f) x).
Proof.
  intros Huv Hf IH marked.
  assert (B : forall x, inside u v x ->
            (break (iter (S n) f) x <-> slope l <> 0%Z /\ break (iter n f) (line_sem l x))).
  { intros x Hx. destruct (inside_neighbourhood u v x Hx) as [d [Hd H]].
    apply (break_on_line f n l d x Hd). intros y Hy. apply Hf, H, Hy. }
  assert (Inv : slope l <> 0%Z -> forall x y, (y - real_const l) / real_slope l = x <-> y = line_sem l x).
  { intros H0 x y. rewrite line_sem_slope.
    assert (Hs : real_slope l <> 0) by (rewrite real_slope_zero; exact H0).
    split; [intros <-|intros ->]; field; exact Hs. }
  assert (Members : forall u' v', slope l <> 0%Z -> apart u' v' ->
            (forall x, inside u v x <-> inside u' v' (line_sem l x)) ->
            forall x, In x (map (fun y => (y - real_const l) / real_slope l) (map Q2R (before u' v'))) <->
                      inside u v x /\ break (iter (S n) f) x).
  { intros u' v' H0 Ha Hi x. rewrite in_map_iff. split.
    - intros [y [Ey Hy]]. apply (Inv H0) in Ey as ->. apply (IH u' v' Ha) in Hy as [Hin Hb].
      apply Hi in Hin. split; [exact Hin|]. apply (B x Hin). auto.
    - intros [Hin Hb]. apply (B x Hin) in Hb as [_ Hb]. exists (line_sem l x).
      split; [apply (Inv H0); reflexivity|].
      apply (IH u' v' Ha). split; [apply Hi, Hin|exact Hb]. }
  assert (Names : slope l <> 0%Z -> forall ys,
            map Q2R (map (preimage l) ys) = map (fun y => (y - real_const l) / real_slope l) (map Q2R ys)).
  { intros H0 ys. rewrite !map_map. apply map_ext. intro y. apply preimage_correct, H0. }
  cbn [cut]. destruct (slope l) as [|p|p] eqn:El.
  - split; [constructor|]. intro x. split; [intros []|]. intros [Hx Hb]. apply (B x Hx) in Hb. tauto.
  - assert (Hz : (0 < slope l)%Z) by lia. destruct (image_rising l u v Hz Huv) as [Ha Hi].
    unfold lists. rewrite <- El in *. rewrite Names by lia. split; [|apply Members; auto; lia].
    apply increasing_map; [|apply IH, Ha]. intros x y Hxy.
    destruct (real_slope_sign l) as [[_ Hr]|[[H _]|[H _]]]; [|lia|lia].
    apply Rmult_lt_compat_r; [apply Rinv_0_lt_compat, Hr|lra].
  - assert (Hz : (slope l < 0)%Z) by lia. destruct (image_falling l u v Hz Huv) as [Ha Hi].
    unfold lists. rewrite map_rev. rewrite <- El in *. rewrite Names by lia.
    split; [|intro x; rewrite <- in_rev; apply Members; auto; lia].
    apply increasing_rev_map; [|apply IH, Ha]. intros x y Hxy.
    destruct (real_slope_sign l) as [[H _]|[[H _]|[_ Hr]]]; [lia|lia|].
    unfold Rdiv. assert (/ real_slope l < 0) by (apply Rinv_lt_0_compat, Hr). nra.
Qed.

(* a tree, between a and b where it is f *)
Lemma cut_correct before n :
  (forall u v, apart u v -> lists (before u v) (fun x => inside u v x /\ break (iter n f) x)) ->
  forall s a b, joined a s b = true -> forall u v, apart u v -> (forall x, inside u v x -> f x = sem s x) ->
  lists (cut before (breaks_at (germ_line t) (S n)) s u v) (fun x => inside u v x /\ break (iter (S n) f) x).
Proof.
  intros IH s. induction s as [l|L IHL p w r R IHR]; intros a b Js u v Huv Hf; [apply cut_line; auto|].
  destruct (joinedE _ _ _ _ _ _ _ Js) as [_ _ _ _ JL JR]. cbn [cut].
  pose proof (IHL a (Some p) JL) as CL. pose proof (IHR (Some p) b JR) as CR.
  destruct (betweenP u v p) as [Hp|Hp].
  - assert (Hu : apart u (Some p)) by (destruct u; simpl in *; auto; apply Hp).
    assert (Hv : apart (Some p) v) by (destruct v; simpl in *; auto; apply Hp).
    destruct (CL u (Some p) Hu) as [IL ML].
    { intros x Hx. rewrite Hf by (apply inside_extend_right with p; auto). apply (sem_left Js).
      destruct Hx as [_ Hx]. apply Rlt_le, Hx. }
    destruct (CR (Some p) v Hv) as [IR MR].
    { intros x Hx. rewrite Hf by (apply inside_extend_left with p; auto). apply sem_right.
      destruct Hx as [Hx _]. apply Rlt_le, Hx. }
    pose proof (breaks_at_correct (places t) (germ_line t) f one_line (S n) p) as Bp.
    split.
    + rewrite !map_app. apply increasing_app; [exact IL|apply increasing_app; [|exact IR|]|].
      * destruct (breaks_at (germ_line t) (S n) p); repeat constructor.
      * intros x y Hx Hy. apply MR in Hy as [[Hy _] _]. simpl in Hy.
        destruct (breaks_at (germ_line t) (S n) p); [destruct Hx as [<-|[]]; exact Hy|destruct Hx].
      * intros x y Hx Hy. apply ML in Hx as [[_ Hx] _]. simpl in Hx. apply in_app_or in Hy as [Hy|Hy].
        -- destruct (breaks_at (germ_line t) (S n) p); [destruct Hy as [<-|[]]; exact Hx|destruct Hy].
        -- apply MR in Hy as [[Hy _] _]. simpl in Hy. lra.
    + intro x. rewrite !map_app, !in_app_iff, ML, MR.
      assert (Mp : In x (map Q2R (if breaks_at (germ_line t) (S n) p then [p] else [])) <->
                   x = Q2R p /\ break (iter (S n) f) (Q2R p)).
      { destruct (breaks_at (germ_line t) (S n) p); simpl; split.
        - intros [<-|[]]. split; [reflexivity|]. apply Bp. reflexivity.
        - intros [-> _]. auto.
        - intros [].
        - intros [_ H]. apply Bp in H. discriminate. }
      rewrite Mp, (inside_cut u v (Q2R p) x Hp). unfold inside. simpl. split.
      * intros [[H1 H2]|[[-> H2]|[H1 H2]]]; auto.
      * intros [[H|[->|H]] H2]; auto.
  - assert (Side : right_of_germ (u, Right) p = true -> forall x, inside u v x -> x <= Q2R p).
    { intros Hr x [_ Hx]. destruct v as [v|].
      - simpl in Hx. apply Rnot_lt_le. intro C. apply Hp. split; [|simpl; lra].
        destruct u as [u|]; simpl in *; [|exact I]. apply (reflect_true _ _ (lessP u p) Hr).
      - exfalso. apply Hp. split; [|exact I]. destruct u as [u|]; simpl in *; [|exact I].
        apply (reflect_true _ _ (lessP u p) Hr). }
    destruct (right_of_germ (u, Right) p) eqn:Hr.
    + apply CL; [exact Huv|]. intros x Hx. rewrite Hf by exact Hx. apply (sem_left Js), Side; auto.
    + apply CR; [exact Huv|]. intros x Hx. rewrite Hf by exact Hx. apply sem_right.
      destruct u as [u|]; simpl in Hr; [|discriminate]. destruct Hx as [Hx _]. simpl in Hx.
      destruct (lessP u p); [discriminate|lra].
Qed.

Theorem break_list_correct n : forall u v, apart u v ->
  lists (break_list t n u v) (fun x => inside u v x /\ break (iter n f) x).
Proof.
  induction n as [|n IH]; intros u v Huv.
  - split; [constructor|]. intro x. split; [intros []|]. intros [_ H]. apply H, affine_near_id.
  - cbn [break_list]. apply (cut_correct _ n IH t None None J); auto.
Qed.

Corollary break_list_regions n lo hi : Q2R lo < Q2R hi ->
  regions (iter n f) (Q2R lo) (Q2R hi) (Z.of_nat (S (length (break_list t n (Some lo) (Some hi))))).
Proof.
  intro Hlohi. unfold regions. rewrite Nat2Z.inj_succ, Z.sub_1_r, Z.pred_succ.
  apply lists_count. apply break_list_correct. exact Hlohi.
Qed.
End Correctness.
